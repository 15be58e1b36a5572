"""An LLM node that asks a model: its intent durable before, its answer durable after."""

import asyncio
from datetime import UTC, datetime

from agents.llm.exchange import Reply, Request
from agents.llm.session import Answer, Session
from agents.skills.outcome import check_json
from maestro.errors import NodeError
from runs.crash import crash_point
from runs.executor import Parked, Settled, Stop
from runs.models.choices import NodeStatus
from scores.document import SUCCESS, NodeDocument

from ..asking import ModelLine, open_models
from ..attempts import Step, play_attempts
from ..ledger import Undecided, asks_a_person
from ..looking_back import Receipts, look_back
from ..performance import JSON, Performance, may_retry
from .agent import PinnedAgent, read_agent
from .tools import Helpers, Toolbox
from .words import Words


async def play_live(
    performance: Performance, node: NodeDocument, given: JSON, iteration: str
) -> Settled:
    """One session per attempt, each on a row of its own; tokens and cost count however it ends."""
    step = Step(node, iteration, given)
    try:
        agent = await read_agent(performance, node)
    except NodeError as error:
        return performance.fail(node, iteration, given, error)
    work = Work(performance, step, agent, await look_back(performance, step))
    return await play_attempts(
        performance, step, work.once, repeatable=lambda _: True, columns=work.columns
    )


class Work:
    """The attempts of one node in this playing."""

    _line: ModelLine | None

    def __init__(
        self, performance: Performance, step: Step, agent: PinnedAgent, receipts: Receipts
    ) -> None:
        self._performance, self._step, self._agent = performance, step, agent
        self._receipts = receipts
        self._begin(0)

    def columns(self) -> JSON:
        """What the row says of this attempt besides how it ended."""
        return {
            **self._meter.columns(),
            "agent_id": self._agent.id,
            "agent_version": self._agent.version,
            "model": self._line.model if self._line else self._agent.model,
            "started_at": self._began,
        }

    async def once(self, attempt: int) -> Settled:
        self._begin(attempt)
        line = await open_models(
            self._performance,
            self._meter,
            self._agent.models,
            self._step.node.key,
            lambda code: may_retry(self._step.node.retry, attempt, code),
            self._agent.parameters.cheaper_model,
        )
        self._line = line
        words = Words(self._performance, self._step, attempt)
        line.hear = words.hear
        await self._write_down(NodeStatus.RUNNING)
        if self._performance.stopping():
            raise Stop
        crash_point("model.intended")
        try:
            answer = await self._answered(line)
        finally:
            words.close()
        note = _fell_back(self._step.node.key, line)
        await self._write_down(NodeStatus.SUCCEEDED, port=SUCCESS, output=answer.output, error=note)
        return Settled(NodeStatus.SUCCEEDED, SUCCESS, answer.output)

    def _begin(self, attempt: int) -> None:
        self._attempt, self._began = attempt, datetime.now(UTC)
        self._meter = self._performance.meter(self._agent.parameters)
        self._line = None
        self._receipts.unclaimed = set(self._receipts.by_key)
        self._tools = self._toolbox(attempt)

    def _toolbox(self, attempt: int) -> Toolbox:
        return Toolbox(
            self._performance,
            self._step,
            attempt,
            self._agent.operations,
            self._receipts,
            Helpers(self._agent.helpers, self._meter),
        )

    async def _answered(self, line: ModelLine) -> Answer:
        async def asked(request: Request) -> Reply:
            reply = await line(request)
            if reply.asked:  # tools may take long, or end the process
                await self._count()
            return reply

        brief = self._agent.brief(self._step.node.timeout_seconds)
        session = Session(brief, asked, call_tool=self._tools.call, on_turn=self._before_turn)
        try:
            answer = await session.answer(self._step.given)
        except asyncio.CancelledError:
            self._cut_off()
            raise
        except Undecided as undecided:
            error = asks_a_person(undecided.operation, self._step.node.key, undecided.why)
            await self._write_down(NodeStatus.NEEDS_ATTENTION, error=error)
            raise Parked("answer") from None
        check_json(answer.output)
        return answer

    async def _before_turn(self, number: int) -> None:
        """All that the turn depends on is durable, and what the turns before it cost."""
        if number > 1:
            await self._count()

    async def _count(self) -> None:
        """Let the row of the attempt in progress say what it has used so far."""
        if self._meter.usage != self._meter.counted:
            self._note(NodeStatus.RUNNING)
        await self._performance.journal.flush(self._performance.run.claim)

    async def _write_down(self, status: NodeStatus, **columns: object) -> None:
        self._note(status, **columns)
        await self._performance.journal.flush(self._performance.run.claim)

    def _note(self, status: NodeStatus, **columns: object) -> None:
        entry = self._performance.entry(
            self._step.node,
            self._step.iteration,
            status,
            attempt=self._attempt,
            input=self._step.given,
            **self.columns(),
            **columns,
        )
        self._performance.journal.record(entry)

    def _cut_off(self) -> None:
        """Cancelled, or cut at a deadline of the player: it was paid as far as it went.

        With a write in flight it stays open, for whoever plays the node next to look into.
        """
        if not self._tools.cut:
            message = "It was cut off while the model was at work; it was paid as far as it went."
            error = {
                "code": "cut_off",
                "message": message,
                "node": self._step.node.key,
                "details": {},
            }
            self._note(NodeStatus.CANCELLED, error=error)


def _fell_back(node: str, line: ModelLine) -> JSON | None:
    """Which models did not answer, and why: a note on the row of the one that did."""
    if not line.passed_over:
        return None
    names = " and ".join(passed["model"] for passed in line.passed_over)
    message = f"{line.model} answered, because {names} could not."
    details = {"passed_over": line.passed_over}
    return {"code": "fell_back", "message": message, "node": node, "details": details}
