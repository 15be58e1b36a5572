"""An LLM node in an audition: an agent at work on what another run's node was given.

Nothing is done twice: what a tool answered then it answers now. A run of this kind is a plan, so the
dispatcher itself holds back what would change something, whatever the model asks for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from agents.skills.outcome import Outcome
from maestro.errors import NodeError
from runs.budgets import BudgetReached
from runs.executor import Settled
from runs.models import NodeStatus, RunNode
from scores.document import SUCCESS, NodeDocument

from ..attempts import Step, play_attempts
from ..calling import fingerprint
from ..looking_back import Receipts, look_back
from ..outage import ask_database
from ..performance import Performance
from .agent import PinnedAgent, read_agent
from .live import Work
from .tools import Helpers, Toolbox, Use

JSON = dict[str, Any]


class NotPaid(NodeError):
    """The audition's budget has no room for the call."""

    code = "budget_spent"


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
    work = _Work(performance, step, _as_it_is(agent), receipts, recording)
    await play_attempts(
        performance, step, work.once, repeatable=lambda _: True, columns=work.columns
    )
    return Settled(NodeStatus.SUCCEEDED, SUCCESS, {})


def _as_it_is(agent: PinnedAgent) -> PinnedAgent:
    """Without the cheaper model that a budget may put in its place: that would be another agent."""
    return replace(agent, parameters=agent.parameters.model_copy(update={"cheaper_model": None}))


class _Work(Work):
    """One row's attempts: tools by the recording, nothing instead of a call that cannot be paid."""

    def __init__(
        self,
        performance: Performance,
        step: Step,
        agent: PinnedAgent,
        receipts: Receipts,
        recording: Recording,
    ) -> None:
        self._recording = recording
        super().__init__(performance, step, agent, receipts)

    async def once(self, attempt: int) -> Settled:
        try:
            return await super().once(attempt)
        except BudgetReached as reached:
            if reached.details.get("scope") != "run":
                raise  # the workspace's own: a person decides, then it goes on
            raise NotPaid("The budget of the audition is spent; this was not asked.") from None

    def _toolbox(self, attempt: int) -> Toolbox:
        operations, helpers = self._agent.operations, Helpers(self._agent.helpers, self._meter)
        tools = RecordedTools(
            self._performance, self._step, attempt, operations, self._receipts, helpers
        )
        tools.recording = self._recording
        return tools


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


def _answered_from_recording(use: Use) -> JSON:
    message = "Not called: answered with what the same call gave in that run."
    code = "answered_from_recording"
    return {"code": code, "message": message, "node": use.row.node_key, "details": {}}
