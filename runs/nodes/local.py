"""Operations on Maestro's own tables: domain row and journal row in one transaction."""

import asyncio
from datetime import UTC, datetime

from django.db import InterfaceError, OperationalError, close_old_connections, connection, transaction

from agents.skills.operation import Operation
from agents.skills.outcome import Outcome
from runs.crash import crash_point
from runs.executor import Settled, Stop
from runs.journal import NodeEntry, record_in
from runs.models import RunNode
from runs.models.choices import NodeStatus

from .attempts import Step
from .performance import Performance

DATABASE_WAIT_SECONDS = 0.3


async def play_local(
    performance: Performance, step: Step, operation: Operation, attempt: int
) -> Settled:
    """Exactly once: both rows commit or none, and a lost answer is looked up before a repeat.

    Raises the operation's NodeErrors, Fenced, or Stop when the player lost its lease while the
    database was away.
    """
    await performance.journal.flush(performance.run.id)
    loop = asyncio.get_running_loop()
    while not performance.stopping():
        try:
            return await loop.run_in_executor(
                performance.pool, _play_once, performance, step, operation, attempt
            )
        except (OperationalError, InterfaceError):
            await asyncio.sleep(DATABASE_WAIT_SECONDS)
    raise Stop


def _play_once(
    performance: Performance, step: Step, operation: Operation, attempt: int
) -> Settled:
    close_old_connections()
    try:
        known = _settled(performance, step, attempt)
        return known or _play_in_transaction(performance, step, operation, attempt)
    finally:
        close_old_connections()


def _play_in_transaction(
    performance: Performance, step: Step, operation: Operation, attempt: int
) -> Settled:
    began = datetime.now(UTC)
    with transaction.atomic(), connection.cursor() as cursor:
        context = performance.context(step.node, step.iteration)
        outcome = operation.call_local(step.given, context)
        record_in(cursor, _entry(performance, step, operation, outcome, attempt, began))
        crash_point("local.before_commit")
    crash_point("local.committed")
    return Settled(NodeStatus.SUCCEEDED, outcome.port, outcome.output)
