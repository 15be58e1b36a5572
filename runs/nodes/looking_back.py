"""Before a node that asks a model plays again: what an earlier playing of it left behind.

A call cut in half is settled as an attempt of its own, so that both calls are on rows; a tool that
must not happen twice and was cut in half is a person's to answer; what tools have done is kept, so
that it is not done again.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from agents.skills import registry
from agents.skills.outcome import Outcome
from maestro.errors import UnknownOperation
from runs.executor import Parked
from runs.journal import NodeEntry, Usage
from runs.models import NodeStatus, RunNode

from .attempts import Step
from .ledger import Intent, Undecided, asks_a_person, found_by_look_up, settle
from .outage import ask_database
from .performance import Performance

JSON = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Receipt:
    """A tool call that happened, and what it gave."""

    operation: str
    arguments: JSON
    outcome: Outcome


@dataclass(slots=True)
class Receipts:
    """By idempotency key. `unclaimed`: keys of earlier sessions that this one has not asked for."""

    by_key: dict[str, Receipt] = field(default_factory=dict)
    unclaimed: set[str] = field(default_factory=set)

    def claim(self, key: str) -> Receipt | None:
        self.unclaimed.discard(key)
        return self.by_key.get(key)

    def left_open(self, operation: str) -> Receipt | None:
        """A call of this operation that an earlier session made, and this one has not repeated."""
        for key in sorted(self.unclaimed):
            if self.by_key[key].operation == operation:
                return self.by_key[key]
        return None


async def look_back(performance: Performance, step: Step) -> Receipts:
    """Settle what was cut in half; the receipts of what was not. Raises Parked or Stop."""
    last = performance.last_attempt(step.node, step.iteration)
    if last is None:
        return Receipts()
    rows = await ask_database(performance, _rows, performance.run.id, step)
    cut = [row for row in rows if row.status == NodeStatus.RUNNING]
    await _settle_tools(performance, step, rows)
    for row in cut:
        if row.status == NodeStatus.RUNNING:
            performance.journal.record(as_ended(performance, row, NodeStatus.CANCELLED, _note(row)))
    if last.status == NodeStatus.RUNNING:
        settled = replace(last, status=NodeStatus.CANCELLED)
        performance.recorded[step.node.key, step.iteration] = settled
    return _receipts(rows)


def _rows(run: str, step: Step) -> list[RunNode]:
    """All rows of the node in this iteration."""
    rows = RunNode.objects.filter(run=run, node_key=step.node.key, iteration=step.iteration)
    return list(rows.order_by("attempt", "call"))


async def _settle_tools(performance: Performance, step: Step, rows: list[RunNode]) -> None:
    """Find out about tools' writes that were cut in half. Raises Parked while a person has to say."""
    asks = any(row.call and row.status == NodeStatus.NEEDS_ATTENTION for row in rows)
    for tool in rows:
        if not tool.call or tool.effect != "write" or tool.status != NodeStatus.RUNNING:
            continue
        try:
            found = await _settled(performance, step, tool)
        except Undecided as undecided:
            asks = True
            error = asks_a_person(tool.operation, tool.node_key, undecided.why)
            for row in (tool, *(r for r in rows if r.attempt == tool.attempt and not r.call)):
                entry = as_ended(performance, row, NodeStatus.NEEDS_ATTENTION, error)
                performance.journal.record(entry)
            continue
        if found is not None:
            _close(performance, tool, found)
    if asks:
        await performance.journal.flush(performance.run.claim)
        raise Parked("answer")


async def _settled(performance: Performance, step: Step, tool: RunNode) -> Outcome | None:
    try:
        operation = registry.find(*tool.operation.split(".", 1))
    except UnknownOperation:
        raise Undecided(tool.operation) from None
    key = tool.idempotency_key or ""
    context = replace(performance.context(step.node, step.iteration), idempotency_key=key)
    began = tool.started_at or datetime.now(UTC)
    return await settle(performance, Intent(operation, tool.input or {}, context, began))


def _close(performance: Performance, tool: RunNode, found: Outcome) -> None:
    """The receipt that the call did not live to write."""
    note = found_by_look_up(tool.operation, tool.node_key)
    tool.status, tool.port, tool.output_json = NodeStatus.SUCCEEDED, found.port, found.output
    ended = as_ended(performance, tool, NodeStatus.SUCCEEDED, note)
    performance.journal.record(replace(ended, port=found.port, output=found.output))


def as_ended(performance: Performance, row: RunNode, status: NodeStatus, error: JSON) -> NodeEntry:
    """The row as it is, ended this way."""
    usage = Usage(
        input=row.tokens_input,
        output=row.tokens_output,
        cache_read=row.tokens_cache_read,
        cache_write_5m=row.tokens_cache_write_5m,
        cache_write_1h=row.tokens_cache_write_1h,
        cost_microdollars=row.cost_microdollars,
    )
    return NodeEntry(
        run=performance.run.id,
        fence=performance.run.fence,
        node_key=row.node_key,
        iteration=row.iteration,
        status=status,
        attempt=row.attempt,
        call=row.call,
        input=row.input,
        error=error,
        operation=row.operation,
        effect=row.effect,
        idempotency_key=row.idempotency_key,
        arguments_sha256=row.arguments_sha256,
        agent_id=row.agent_id,
        agent_version=row.agent_version,
        model=row.model,
        usage=usage,
        counted=usage,
        started_at=row.started_at,
        finished_at=datetime.now(UTC),
    )


def _note(row: RunNode) -> JSON:
    message = (
        "It was cut off before it ended; the next attempt begins anew, and what it asks for under "
        "the same key happens once."
        if row.call
        else "It was cut off while the model was at work. The tokens of calls that had ended by then "
        "are counted here; one that was still in flight may have been paid for, too."
    )
    return {"code": "cut_in_half", "message": message, "node": row.node_key, "details": {}}


def _receipts(rows: Iterable[RunNode]) -> Receipts:
    by_key = {
        row.idempotency_key: Receipt(
            row.operation, row.input or {}, Outcome(row.port or "", row.output_json or {})
        )
        for row in rows
        if row.call and row.status == NodeStatus.SUCCEEDED and row.idempotency_key
    }
    return Receipts(by_key, set(by_key))
