"""A deterministic node: one operation, guarded by what it says about its effects."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NoReturn

from agents.skills import registry
from agents.skills.context import Context
from agents.skills.operation import Effect, Kind, Operation
from agents.skills.outcome import Outcome
from agents.skills.slot import Slot
from maestro.errors import NodeError, OutcomeUnknown
from runs.crash import crash_point
from runs.executor import Parked, ScopeWalk, Settled, Stop
from runs.journal import NodeEntry
from runs.models.choices import NodeStatus
from scores.document import NodeDocument

from . import suppression
from .applying import NotAsPlanned, Ruling, drop, rule
from .attempts import Step, play_attempts
from .calling import call_operation, fingerprint
from .cut_writes import look_back_at_write
from .ledger import (
    Intent,
    NotDone,
    Unanswered,
    Undecided,
    asks_a_person,
    not_begun,
    settle_unanswered,
)
from .local import LocalCall, play_local
from .looking_back import look_back
from .meter import Meter
from .performance import JSON, Performance
from .pure import is_pure, play_pure
from .taking_over import learn

REPEATABLE = (Unanswered, NotDone)  # whatever the operation says of its other errors


@dataclass(slots=True)
class Try:
    """One attempt at a node's operation."""

    performance: Performance
    step: Step
    operation: Operation
    meter: Meter
    number: int = 1
    source: int | None = None  # the planned effect that was approved


async def play(
    performance: Performance, scope: ScopeWalk, node: NodeDocument, given: JSON, iteration: str
) -> Settled:
    """Answered by a sample where the mode forbids it, run inside our own transaction, or dispatched."""
    step = Step(node, iteration, given)
    try:
        operation = registry.find(node.skill, node.operation)
        sampled = suppression.answer(performance, operation, node, given)
        ruling = await rule(performance, operation, step)
    except NodeError as error:
        planned = error.planned if isinstance(error, NotAsPlanned) else None
        return performance.fail(node, iteration, given, error, source_node_id=planned)
    if sampled is None and is_pure(performance, node, iteration, operation):
        settled = play_pure(performance, step, operation)
        return settled if isinstance(settled, Settled) else await settled
    one = Try(performance, step, operation, performance.meter())
    if sampled is not None:
        note = suppression.note_on(performance, operation, node.key)
        return await _record(one, sampled, datetime.now(UTC), note)
    return await (_play_on(one) if ruling is None else _play_ruled(one, ruling))


async def _play_ruled(one: Try, ruling: Ruling) -> Settled:
    """As it was decided when a plan was applied."""
    if ruling.given is None:
        return await drop(one.performance, one.step, ruling)
    one.step = one.step._replace(given=ruling.given)
    one.source = ruling.planned.pk
    settled = await _play_on(one)
    learn(one.performance, ruling.planned, settled.output)
    return settled


async def _play_on(one: Try) -> Settled:
    """From where an earlier playing of the node left it."""
    if one.operation.effect is Effect.WRITE:
        settled = await look_back_at_write(one.performance, one.step, one.operation)
        if settled is not None:
            return settled
    elif one.operation.kind is Kind.LLM:
        await look_back(one.performance, one.step)
    return await _play_live(one)


async def _play_live(one: Try) -> Settled:
    async def once(attempt: int) -> Settled:
        async with one.performance.place(one.operation):
            one.number, one.meter = attempt, one.performance.meter()
            return await _play_once(one)

    return await play_attempts(
        one.performance,
        one.step,
        once,
        repeatable=lambda error: one.operation.retryable or isinstance(error, REPEATABLE),
        columns=lambda: {
            "operation": one.operation.full_name,
            "effect": one.operation.effect.value,
            "source_node_id": one.source,
            **one.meter.columns(),
        },
    )


async def _play_once(one: Try) -> Settled:
    if one.operation.effect is Effect.LOCAL:
        return await _local(one)
    if one.operation.effect is Effect.WRITE:
        return await _write(one)
    if one.operation.kind is Kind.LLM:
        return await _ask(one)
    return await _call(one)


async def _call(one: Try) -> Settled:
    began = datetime.now(UTC)
    return await _record(one, await _dispatch(one), began)


async def _local(one: Try) -> Settled:
    call = LocalCall(one.operation, one.step.given, _context(one), _entry(one, NodeStatus.RUNNING))
    outcome = await play_local(one.performance, call)
    return Settled(NodeStatus.SUCCEEDED, outcome.port, outcome.output)


async def _ask(one: Try) -> Settled:
    """Like a write: what a model call costs is known to be spent before it is."""
    began = await _intend(one)
    crash_point("model.intended")
    return await _record_durably(one, await _dispatch(one), began)


async def _write(one: Try) -> Settled:
    """Intent durable, then the effect, then its receipt durable before anything follows."""
    began = await _intend(one)
    crash_point("write.intended")
    try:
        outcome = await _dispatch(one)
    except OutcomeUnknown as unknown:
        outcome = await _settle(one, began, unknown)
    crash_point("write.done")
    return await _record_durably(one, outcome, began)


async def _intend(one: Try) -> datetime:
    """Declare durably what is about to happen; when that was. Raises Stop."""
    began = datetime.now(UTC)
    journal, intent = one.performance.journal, _entry(one, NodeStatus.RUNNING, started_at=began)
    await journal.flush(one.performance.run.claim, journal.intend(intent))
    if one.performance.stopping():
        note = not_begun(one.operation.full_name, one.step.node.key)
        journal.record(_entry(one, NodeStatus.CANCELLED, error=note, started_at=began))
        raise Stop
    return began


async def _settle(one: Try, began: datetime, unknown: OutcomeUnknown) -> Outcome:
    intent = Intent(one.operation, one.step.given, _context(one), began, _slots(one))
    try:
        return await settle_unanswered(one.performance, intent, unknown)
    except Undecided as undecided:
        await _ask_a_person(one, began, undecided.why)


async def _ask_a_person(one: Try, began: datetime, why: str) -> NoReturn:
    error = asks_a_person(one.operation.full_name, one.step.node.key, why)
    entry = _entry(one, NodeStatus.NEEDS_ATTENTION, error=error, started_at=began)
    journal = one.performance.journal
    await journal.flush(one.performance.run.claim, journal.record(entry))
    raise Parked("answer")


async def _dispatch(one: Try) -> Outcome:
    return await call_operation(
        one.performance,
        one.operation,
        one.step.given,
        _context(one),
        one.meter,
        slots=_slots(one),
        timeout_seconds=one.step.node.timeout_seconds,
    )


def _context(one: Try) -> Context:
    return one.performance.context(one.step.node, one.step.iteration)


def _slots(one: Try) -> Collection[Slot]:
    return one.operation.slots_for(one.step.node.config.get("params", {}))


async def _record_durably(one: Try, outcome: Outcome, began: datetime) -> Settled:
    settled = await _record(one, outcome, began)
    await one.performance.journal.flush(one.performance.run.claim)
    return settled


async def _record(one: Try, outcome: Outcome, began: datetime, note: JSON | None = None) -> Settled:
    entry = _entry(
        one,
        NodeStatus.SUCCEEDED,
        port=outcome.port,
        output=outcome.output,
        error=note,
        started_at=began,
    )
    await one.performance.record(entry)
    return Settled(NodeStatus.SUCCEEDED, outcome.port, outcome.output)


def _entry(one: Try, status: NodeStatus, **columns: object) -> NodeEntry:
    columns.setdefault("started_at", datetime.now(UTC))
    if one.operation.effect is Effect.WRITE and one.operation.happens_in(one.performance.run.mode):
        columns["idempotency_key"] = _context(one).idempotency_key
        columns["arguments_sha256"] = fingerprint(one.step.given)
    return one.performance.entry(
        one.step.node,
        one.step.iteration,
        status,
        attempt=one.number,
        input=one.step.given,
        operation=one.operation.full_name,
        effect=one.operation.effect.value,
        source_node_id=one.source,
        **one.meter.columns(),
        **columns,
    )
