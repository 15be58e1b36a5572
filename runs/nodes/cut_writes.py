"""A deterministic write that an earlier playing of the node began: what comes of it now."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import NoReturn

from agents.skills.operation import Operation
from agents.skills.outcome import Outcome
from runs.executor import Parked, Settled
from runs.models import NodeStatus, RunNode

from .attempts import Step
from .calling import fingerprint
from .ledger import (
    Intent,
    Undecided,
    asks_a_person,
    found_by_look_up,
    not_done,
    other_arguments,
    settle,
)
from .looking_back import as_ended
from .outage import ask_database
from .performance import JSON, Performance


async def look_back_at_write(
    performance: Performance, step: Step, operation: Operation
) -> Settled | None:
    """How the node ended after all; None: it plays (on). Raises Parked while nobody can say."""
    last = performance.last_attempt(step.node, step.iteration)
    if last is None or last.status not in (NodeStatus.RUNNING, NodeStatus.NEEDS_ATTENTION):
        return None
    if last.status == NodeStatus.NEEDS_ATTENTION:
        raise Parked("answer")
    row = await ask_database(performance, _intent, performance.run.id, step, last.number)
    if row.arguments_sha256 != fingerprint(step.given):
        await _ask(performance, row, other_arguments(operation.full_name, step.node.key))
    if operation.is_idempotent():
        return None
    try:
        found = await _settled(performance, step, operation, row)
    except Undecided as undecided:
        error = asks_a_person(operation.full_name, step.node.key, undecided.why)
        await _ask(performance, row, error)
    if found is not None:
        return await _close(performance, row, found)
    note = not_done(operation.full_name, step.node.key)
    performance.journal.record(as_ended(performance, row, NodeStatus.CANCELLED, note))
    played = replace(last, status=NodeStatus.CANCELLED)
    performance.recorded[step.node.key, step.iteration] = played
    return None


def _intent(run: str, step: Step, attempt: int) -> RunNode:
    return RunNode.objects.get(
        run=run, node_key=step.node.key, iteration=step.iteration, attempt=attempt, call=0
    )


async def _settled(
    performance: Performance, step: Step, operation: Operation, row: RunNode
) -> Outcome | None:
    intent = Intent(
        operation,
        row.input or {},
        performance.context(step.node, step.iteration),
        row.started_at or datetime.now(UTC),
        operation.slots_for(step.node.config.get("params", {})),
    )
    if operation.look_up is None:
        return await settle(performance, intent)
    async with performance.place(operation):
        return await settle(performance, intent)


async def _close(performance: Performance, row: RunNode, found: Outcome) -> Settled:
    """The receipt that the call did not live to write."""
    note = found_by_look_up(row.operation, row.node_key)
    ended = as_ended(performance, row, NodeStatus.SUCCEEDED, note)
    entry = replace(ended, port=found.port, output=found.output)
    await performance.journal.flush(performance.run.claim, performance.journal.record(entry))
    return Settled(NodeStatus.SUCCEEDED, found.port, found.output)


async def _ask(performance: Performance, row: RunNode, error: JSON) -> NoReturn:
    """The row as it was begun waits for a person. Raises Parked."""
    entry = as_ended(performance, row, NodeStatus.NEEDS_ATTENTION, error)
    await performance.journal.flush(performance.run.claim, performance.journal.record(entry))
    raise Parked("answer")
