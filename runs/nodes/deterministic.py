"""A deterministic node: one operation, guarded by what it says about its effects."""

import hashlib
import json
from datetime import UTC, datetime

from agents.skills import registry
from agents.skills.context import Context
from agents.skills.operation import Effect, Operation
from agents.skills.outcome import Outcome
from maestro.errors import OutcomeUnknown, UnknownOperation
from runs.crash import crash_point
from runs.executor import Parked, ScopeWalk, Settled, Stop
from runs.journal import NodeEntry
from runs.models.choices import NodeStatus
from scores.document import NodeDocument

from . import rehearsal
from .attempts import Step, play_attempts
from .local import play_local
from .performance import JSON, Performance
from .secrets import call_with_secrets


async def play(
    performance: Performance, scope: ScopeWalk, node: NodeDocument, given: JSON, iteration: str
) -> Settled:
    """Rehearsed, run inside our own transaction, or dispatched."""
    step = Step(node, iteration, given)
    try:
        operation = registry.find(node.skill, node.operation)
    except UnknownOperation as error:
        return performance.fail(node, iteration, given, error)
    if performance.run.mode == "rehearsal":
        rehearsed = rehearsal.answer(operation, node, given)
        if rehearsed is not None:
            return await _record(performance, step, operation, rehearsed, 1, datetime.now(UTC))

    async def once(attempt: int) -> Settled:
        if operation.effect is Effect.LOCAL:
            return await play_local(performance, step, operation, attempt)
        if operation.effect is Effect.WRITE:
            return await _write(performance, step, operation, attempt)
        return await _call(performance, step, operation, attempt)

    return await play_attempts(
        performance,
        step,
        once,
        repeatable=operation.retryable,
        operation=operation.full_name,
        effect=operation.effect.value,
    )


async def _call(
    performance: Performance, step: Step, operation: Operation, attempt: int
) -> Settled:
    began = datetime.now(UTC)
    outcome = await _dispatch(performance, step, operation)
    return await _record(performance, step, operation, outcome, attempt, began)


async def _write(
    performance: Performance, step: Step, operation: Operation, attempt: int
) -> Settled:
    """Intent durable, then the effect, then its receipt durable before anything follows."""
    last = performance.last_attempt(step.node, step.iteration)
    cut = last is not None and last.number == attempt
    if cut and operation.is_at_most_once():
        return await _ask_a_person(performance, step, operation, attempt)
    intent = _entry(performance, step, operation, NodeStatus.RUNNING, attempt)
    await performance.journal.flush(performance.run.claim, performance.journal.intend(intent))
    if performance.stopping():
        raise Stop
    crash_point("write.intended")
    try:
        outcome = await _dispatch(performance, step, operation)
    except OutcomeUnknown:
        if operation.is_at_most_once():
            return await _ask_a_person(performance, step, operation, attempt)
        raise
    crash_point("write.done")
    settled = await _record(
        performance, step, operation, outcome, attempt, intent.started_at or datetime.now(UTC)
    )
    await performance.journal.flush(performance.run.claim)
    return settled


async def _ask_a_person(
    performance: Performance, step: Step, operation: Operation, attempt: int
) -> Settled:
    error = {
        "code": "cut_in_half",
        "message": f"{operation.full_name} may have happened once: it was cut off before its "
        "answer was recorded. Look there, then say whether it did.",
        "node": step.node.key,
        "details": {},
    }
    entry = _entry(performance, step, operation, NodeStatus.NEEDS_ATTENTION, attempt, error=error)
    await performance.journal.flush(performance.run.claim, performance.journal.record(entry))
    raise Parked("answer")


async def _dispatch(performance: Performance, step: Step, operation: Operation) -> Outcome:
    async def call(context: Context) -> Outcome:
        return await registry.call(
            operation,
            step.given,
            context,
            pool=performance.pool,
            timeout_seconds=step.node.timeout_seconds,
        )

    context = performance.context(step.node, step.iteration)
    return await call_with_secrets(performance, operation, context, call)


async def _record(
    performance: Performance,
    step: Step,
    operation: Operation,
    outcome: Outcome,
    attempt: int,
    began: datetime,
) -> Settled:
    entry = _entry(
        performance,
        step,
        operation,
        NodeStatus.SUCCEEDED,
        attempt,
        port=outcome.port,
        output=outcome.output,
        started_at=began,
    )
    await performance.record(entry)
    return Settled(NodeStatus.SUCCEEDED, outcome.port, outcome.output)


def _entry(
    performance: Performance,
    step: Step,
    operation: Operation,
    status: NodeStatus,
    attempt: int,
    **columns: object,
) -> NodeEntry:
    columns.setdefault("started_at", datetime.now(UTC))
    if operation.effect is Effect.WRITE:
        context = performance.context(step.node, step.iteration)
        columns["idempotency_key"] = context.idempotency_key
        columns["arguments_sha256"] = _fingerprint(step.given)
    return performance.entry(
        step.node,
        step.iteration,
        status,
        attempt=attempt,
        input=step.given,
        operation=operation.full_name,
        effect=operation.effect.value,
        **columns,
    )


def _fingerprint(given: JSON) -> str:
    canonical = json.dumps(given, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
