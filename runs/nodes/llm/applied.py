"""An LLM node of a plan that is applied, whose tools would have written: its model is not asked again;
the calls that were approved are made, and its answer is the planned one."""

from datetime import UTC, datetime
from typing import Any

from agents.skills import registry
from maestro.errors import NodeError
from runs.executor import Parked, Settled, Stop
from runs.models import NodeStatus, RunNode
from runs.reuse.plans import PLANNED
from runs.writing import agent_writes
from scores.document import NodeDocument

from ..applying import changed_since, not_in_the_plan, rule_on
from ..attempts import Step, play_attempts
from ..explaining import Comparison, Known
from ..ledger import Undecided, asks_a_person
from ..looking_back import Receipts, look_back
from ..outage import ask_database
from ..performance import JSON, Performance
from ..taking_over import compare, counterpart, is_as_foreseen, learn
from .tools import Toolbox


def has_to_be_approved(performance: Performance, node: NodeDocument) -> bool:
    """Whether a plan is applied and the node's agent may write."""
    if performance.earlier is None or not performance.earlier.is_plan:
        return False
    return agent_writes(performance.run.pins["agents"][node.key])


async def play_applied(
    performance: Performance, node: NodeDocument, given: JSON, iteration: str
) -> Settled:
    """Raises NodeFailed, Parked, Stop or Fenced, as every node."""
    step = Step(node, iteration, given)
    row = await counterpart(performance, node.key, iteration)
    try:
        if row is None or row.status != NodeStatus.SUCCEEDED:
            raise not_in_the_plan(f"What {node.key} would do")
        compared = compare(performance, node, row, given)
        if not (compared.is_the_same or is_as_foreseen(performance, node, row, compared)):
            raise changed_since(node.key, compared)
    except NodeError as error:
        return performance.fail(node, iteration, given, error)
    calls = await ask_database(performance, _planned_calls, row)
    work = _Applied(performance, step, row, compared, calls, await look_back(performance, step))
    return await play_attempts(
        performance, step, work.once, repeatable=lambda error: False, columns=dict
    )


class _Applied:
    """The approved calls of one session, in the order the model made them."""

    def __init__(
        self,
        performance: Performance,
        step: Step,
        row: RunNode,
        compared: Comparison,
        calls: list[RunNode],
        receipts: Receipts,
    ) -> None:
        self._performance, self._step, self._row = performance, step, row
        self._compared, self._calls, self._receipts = compared, calls, receipts
        self._began = datetime.now(UTC)

    async def once(self, attempt: int) -> Settled:
        await self._write_down(attempt, NodeStatus.RUNNING)
        if self._performance.stopping():
            raise Stop
        tools = Toolbox(self._performance, self._step, attempt, {}, self._receipts)
        try:
            for call in self._calls:
                await self._carry_out(tools, call)
        except Undecided as undecided:
            error = asks_a_person(undecided.operation, self._step.node.key, undecided.why)
            await self._write_down(attempt, NodeStatus.NEEDS_ATTENTION, error=error)
            raise Parked("answer") from None
        output = self._compared.carried_over(self._row.output_json or {})
        port = self._row.port
        await self._write_down(attempt, NodeStatus.SUCCEEDED, port=port, output=output)
        return Settled(NodeStatus.SUCCEEDED, port, output)

    async def _carry_out(self, tools: Toolbox, call: RunNode) -> None:
        operation = registry.find(*call.operation.split(".", 1))
        arguments = self._compared.carried_over(call.input or {})
        ruling = rule_on(call, operation, arguments, self._compared)
        if ruling.given is None:
            tools.leave_out(operation, arguments, call.call, call.pk, ruling.note)
            return
        outcome = await tools.carry_out(operation, ruling.given, call.call, call.pk)
        learn(self._performance, call, outcome.output)
        real = Known()
        real.learn(call.output_json, outcome.output)
        for sample, now in real.by_sample.items():
            self._compared.pairs[sample] |= now

    async def _write_down(self, attempt: int, status: NodeStatus, **columns: Any) -> None:
        entry = self._performance.entry(
            self._step.node,
            self._step.iteration,
            status,
            attempt=attempt,
            input=self._step.given,
            source_node_id=self._row.source_node_id or self._row.pk,
            agent_id=self._row.agent_id,
            agent_version=self._row.agent_version,
            model=self._row.model,
            started_at=self._began,
            **columns,
        )
        self._performance.journal.record(entry)
        await self._performance.journal.flush(self._performance.run.claim)


def _planned_calls(row: RunNode) -> list[RunNode]:
    calls = RunNode.objects.filter(
        run=row.run_id, node_key=row.node_key, iteration=row.iteration, attempt=row.attempt
    )
    planned = calls.filter(call__gt=0, status=NodeStatus.SUCCEEDED, error__code=PLANNED)
    return list(planned.select_related("decision").order_by("call"))
