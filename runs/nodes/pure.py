"""A pure operation's short way: it needs no guard, so a call is a call and its row a row.

A map of thousands of items spends its time here; what surrounds an attempt (limits, secrets,
meters, retries) would cost more than the call.
"""

from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import NoReturn

from agents.skills import registry
from agents.skills.operation import Operation
from agents.skills.outcome import Outcome
from maestro.errors import UnknownOperation
from runs.executor import Settled, Settling
from runs.journal import NodeEntry
from runs.models.choices import NodeStatus
from scores.document import NodeDocument

from .attempts import Step, play_attempts
from .performance import Performance

Begun = Outcome | Awaitable[Outcome]


def pure_operation(
    performance: Performance, node: NodeDocument, iteration: str
) -> Operation | None:
    """The node's operation, if all there is to do is to call it; None: look closer."""
    if node.kind != "deterministic" or node.input_schema is not None or not performance.is_plain:
        return None
    try:
        operation = registry.find(node.skill, node.operation)
    except UnknownOperation:
        return None
    return operation if is_pure(performance, node, iteration, operation) else None


def is_pure(
    performance: Performance, node: NodeDocument, iteration: str, operation: Operation
) -> bool:
    """No effect, secret or limit, on the loop, and not tried before."""
    return (
        operation.is_pure
        and performance.last_attempt(node, iteration) is None
        and not performance.is_limited(operation)
    )


def play_pure(performance: Performance, step: Step, operation: Operation) -> Settling:
    """Call it and record it, at once where neither waits; what waits or fails goes the long way of
    attempts from there."""
    began = datetime.now(UTC)
    call = _begin(performance, step, operation)
    if isinstance(call, Outcome):
        return _record(performance, step, operation, began, call)
    return _play_on(performance, step, operation, began, call)


async def _play_on(
    performance: Performance, step: Step, operation: Operation, began: datetime, call: Begun
) -> Settled:
    async def once(number: int) -> Settled:
        again = number > 1
        moment = datetime.now(UTC) if again else began
        begun = _begin(performance, step, operation) if again else call
        outcome = begun if isinstance(begun, Outcome) else await begun
        settled = _record(performance, step, operation, moment, outcome, number)
        return settled if isinstance(settled, Settled) else await settled

    columns = {"operation": operation.full_name, "effect": operation.effect.value}
    return await play_attempts(
        performance,
        step,
        once,
        repeatable=lambda error: operation.retryable,
        columns=lambda: columns,
    )


def _begin(performance: Performance, step: Step, operation: Operation) -> Begun:
    context = performance.context(step.node, step.iteration)
    seconds = step.node.timeout_seconds
    try:
        return registry.begin_call(operation, step.given, context, timeout_seconds=seconds)
    except Exception as failed:
        return _fail(failed)


async def _fail(failed: Exception) -> NoReturn:
    raise failed


def _record(
    performance: Performance,
    step: Step,
    operation: Operation,
    began: datetime,
    outcome: Outcome,
    number: int = 1,
) -> Settling:
    run = performance.run
    entry = NodeEntry(
        run.id,
        run.fence,
        step.node.key,
        step.iteration,
        NodeStatus.SUCCEEDED,
        number,
        port=outcome.port,
        input=step.given,
        output=outcome.output,
        operation=operation.full_name,
        effect=operation.effect.value,
        started_at=began,
        finished_at=datetime.now(UTC),
    )
    settled = Settled(NodeStatus.SUCCEEDED, outcome.port, outcome.output)
    rest = performance.note(entry)
    return settled if rest is None else _after(rest, settled)


async def _after(rest: Awaitable[None], settled: Settled) -> Settled:
    await rest
    return settled
