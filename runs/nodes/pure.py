"""A pure operation's short way: it needs no guard, so a call is a call and its row a row.

A map of thousands of items spends its time here; what surrounds an attempt (limits, secrets,
meters, retries) would cost more than the call.
"""

from datetime import UTC, datetime
from typing import NamedTuple

from agents.skills import registry
from agents.skills.operation import Effect, Kind, Operation
from agents.skills.outcome import Outcome
from runs.executor import Settled
from runs.journal import NodeEntry
from runs.models.choices import NodeStatus

from .attempts import Step, play_attempts
from .performance import Performance


class Call(NamedTuple):
    """A call that gave something."""

    number: int
    began: datetime
    outcome: Outcome


def is_pure(performance: Performance, step: Step, operation: Operation) -> bool:
    """No effect, secret or limit, on the loop, and not tried before."""
    return (
        operation.effect is Effect.NONE
        and operation.kind is Kind.TOOL
        and not operation.secrets
        and not operation.names_secret
        and operation.is_async
        and performance.last_attempt(step.node, step.iteration) is None
        and not performance.is_limited(operation)
    )


async def play_pure(performance: Performance, step: Step, operation: Operation) -> Settled:
    """Call it and record it; one that fails goes the long way of attempts from there."""
    began = datetime.now(UTC)
    try:
        outcome = await _call(performance, step, operation)
    except Exception as failed:
        return await _play_on(performance, step, operation, failed)
    return await _record(performance, step, operation, Call(1, began, outcome))


async def _play_on(
    performance: Performance, step: Step, operation: Operation, failed: Exception
) -> Settled:
    async def once(number: int) -> Settled:
        if number == 1:
            raise failed
        began = datetime.now(UTC)
        outcome = await _call(performance, step, operation)
        return await _record(performance, step, operation, Call(number, began, outcome))

    columns = {"operation": operation.full_name, "effect": operation.effect.value}
    return await play_attempts(
        performance,
        step,
        once,
        repeatable=lambda error: operation.retryable,
        columns=lambda: columns,
    )


async def _call(performance: Performance, step: Step, operation: Operation) -> Outcome:
    context = performance.context(step.node, step.iteration)
    seconds = step.node.timeout_seconds
    return await registry.call(operation, step.given, context, timeout_seconds=seconds)


async def _record(
    performance: Performance, step: Step, operation: Operation, call: Call
) -> Settled:
    run, outcome = performance.run, call.outcome
    entry = NodeEntry(
        run.id,
        run.fence,
        step.node.key,
        step.iteration,
        NodeStatus.SUCCEEDED,
        call.number,
        port=outcome.port,
        input=step.given,
        output=outcome.output,
        operation=operation.full_name,
        effect=operation.effect.value,
        started_at=call.began,
        finished_at=datetime.now(UTC),
    )
    await performance.record(entry)
    return Settled(NodeStatus.SUCCEEDED, outcome.port, outcome.output)
