"""An LLM node in an audition: an agent at work on what another run's node was given.

Nothing is done twice: what a tool answered then it answers now. A run of this kind is a plan, so the
dispatcher itself holds back what would change something, whatever the model asks for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agents.llm.exchange import Reply, Request
from agents.llm.tokens import Band, Tokens, cost_of
from agents.skills.outcome import Outcome
from maestro.errors import NodeError
from runs.executor import Settled
from runs.models import NodeStatus, Run, RunNode
from scores.document import SUCCESS, NodeDocument

from ..asking import ModelLine
from ..attempts import Step, play_attempts
from ..calling import fingerprint
from ..looking_back import Receipts, look_back
from ..outage import ask_database
from ..performance import Performance
from .agent import PinnedAgent, read_agent
from .allowance import Allowance
from .live import Work
from .tools import Toolbox, Use

JSON = dict[str, Any]
CHARACTERS_A_TOKEN = 3  # at the least; a prompt is rather counted too long than too short


class RecordingGone(NodeError):
    """The run whose input was to be used again has been deleted."""

    code = "recording_gone"


@dataclass(frozen=True, slots=True)
class Recording:
    """What a node was given, and what its tools answered, by operation and hash of arguments."""

    given: JSON
    answers: Mapping[tuple[str, str], Outcome]


async def play_auditioned(
    performance: Performance, node: NodeDocument, given: JSON, iteration: str
) -> Settled:
    """`given["row"]` names the recorded node. The answer is on the row alone: no node follows."""
    try:
        recording = await ask_database(
            performance, _recording, performance.run.workspace_id, given["row"]
        )
        agent = await read_agent(performance, node)
    except NodeError as error:
        return performance.fail(node, iteration, given, error)
    step = Step(node, iteration, recording.given)
    receipts = await look_back(performance, step)
    allowance = await _allowance(performance)
    work = _Work(performance, step, agent, receipts, recording=recording, allowance=allowance)
    await play_attempts(
        performance, step, work.once, repeatable=lambda _: True, columns=work.columns
    )
    return Settled(NodeStatus.SUCCEEDED, SUCCESS, {})


class _Work(Work):
    """One row's attempts: each call within the budget, tools by the recording."""

    def __init__(
        self,
        performance: Performance,
        step: Step,
        agent: PinnedAgent,
        receipts: Receipts,
        *,
        recording: Recording,
        allowance: Allowance,
    ) -> None:
        self._recording, self._allowance = recording, allowance
        super().__init__(performance, step, agent, receipts)

    def _toolbox(self, attempt: int) -> Toolbox:
        operations, receipts = self._agent.operations, self._receipts
        tools = RecordedTools(self._performance, self._step, attempt, operations, receipts)
        tools.recording = self._recording
        return tools

    async def _send(self, line: ModelLine, request: Request) -> Reply:
        prices = [Band(**band) for band in self._performance.run.pins["prices"][line.model]]
        usual = int(self._performance.run.pins.get("usual_output_tokens", 0))
        prompt = Tokens(input=_characters(request) // CHARACTERS_A_TOKEN)
        limit = request.parameters.max_tokens
        most = cost_of(prompt + Tokens(output=limit), prices)
        likely = cost_of(prompt + Tokens(output=min(usual, limit)), prices)
        await self._allowance.set_aside(most=most, likely=likely)
        before = self._meter.usage.cost_microdollars
        try:
            return await super()._send(line, request)
        finally:
            cost = self._meter.usage.cost_microdollars - before
            await self._allowance.settle(most=most, cost=cost)


class RecordedTools(Toolbox):
    """What a session may call, answered from the recording."""

    recording: Recording

    async def _do(self, use: Use, arguments: object) -> Outcome:
        recorded = self.recording.answers.get((use.operation.full_name, fingerprint(use.given)))
        if recorded is not None:
            return self._note_success(use, recorded, _answered_from_recording(use))
        return await super()._do(use, arguments)


def _recording(workspace: str, row: int) -> Recording:
    node = RunNode.objects.filter(pk=row, run__workspace=workspace).first()
    if node is None:
        raise RecordingGone("The run with this input has been deleted meanwhile.")
    calls = RunNode.objects.filter(
        run=node.run_id,
        node_key=node.node_key,
        iteration=node.iteration,
        call__gt=0,
        status=NodeStatus.SUCCEEDED,
    )
    answers = {
        (call.operation, fingerprint(call.input or {})): Outcome(
            call.port or SUCCESS, call.output_json or {}
        )
        for call in calls.order_by("attempt", "call")
    }
    return Recording(dict(node.input or {}), answers)


async def _allowance(performance: Performance) -> Allowance:
    """The run's own, one for all that it plays here."""
    if not performance.allowances:
        spent = await ask_database(performance, _spent, performance.run.id)
        if not performance.allowances:  # another row may have been faster meanwhile
            performance.allowances.append(
                Allowance(int(performance.run.pins["budget_microdollars"]), spent)
            )
    allowance: Allowance = performance.allowances[0]
    return allowance


def _spent(run: str) -> int:
    return Run.objects.values_list("cost_microdollars", flat=True).get(pk=run)


def _characters(request: Request) -> int:
    tools = sum(len(f"{tool.description}{tool.input_schema}") for tool in request.tools)
    return len(request.system) + len(str(request.messages)) + len(str(request.schema or "")) + tools


def _answered_from_recording(use: Use) -> JSON:
    message = "Not called: answered with what the same call gave in that run."
    code = "answered_from_recording"
    return {"code": code, "message": message, "node": use.row.node_key, "details": {}}
