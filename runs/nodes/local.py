"""Operations on Maestro's own tables: domain row and journal row in one transaction."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.db import (
    InterfaceError,
    OperationalError,
    close_old_connections,
    connection,
    transaction,
)

from agents.skills.operation import Operation
from maestro.errors import TimedOut
from runs.crash import crash_point
from runs.executor import Settled, Stop
from runs.journal import record_in
from runs.models import RunNode
from runs.models.choices import NodeStatus

from .attempts import Step
from .performance import Performance

DATABASE_WAIT_SECONDS = 0.3

PlayOnce = Callable[..., Settled]


async def play_local(
    performance: Performance, step: Step, operation: Operation, attempt: int
) -> Settled:
    """Exactly once: both rows commit or none, and a lost answer is looked up before a repeat.

    Raises the operation's NodeErrors, Fenced, TimedOut when the database stays away for longer
    than the operation may take, or Stop when the player lost its lease meanwhile.
    """
    await performance.journal.flush(performance.run.claim)
    loop = asyncio.get_running_loop()
    patience = time.monotonic() + operation.timeout_seconds
    play = _play_in_transaction
    while not performance.stopping():
        try:
            return await loop.run_in_executor(
                performance.pool, _in_thread, play, performance, step, operation, attempt
            )
        except (OperationalError, InterfaceError) as error:
            if time.monotonic() > patience:
                raise TimedOut(f"{operation.full_name} could not write: {error}") from error
            play = _look_then_play
            await asyncio.sleep(DATABASE_WAIT_SECONDS)
    raise Stop


def _in_thread(play: PlayOnce, *args: Any) -> Settled:
    close_old_connections()
    try:
        return play(*args)
    finally:
        close_old_connections()


def _play_in_transaction(
    performance: Performance, step: Step, operation: Operation, attempt: int
) -> Settled:
    began = datetime.now(UTC)
    with transaction.atomic(), connection.cursor() as cursor:
        context = performance.context(step.node, step.iteration)
        outcome = operation.call_local(step.given, context)
        entry = performance.entry(
            step.node,
            step.iteration,
            NodeStatus.SUCCEEDED,
            attempt=attempt,
            port=outcome.port,
            input=step.given,
            output=outcome.output,
            operation=operation.full_name,
            effect=operation.effect.value,
            started_at=began,
        )
        record_in(cursor, entry)
        crash_point("local.before_commit")
    crash_point("local.committed")
    return Settled(NodeStatus.SUCCEEDED, outcome.port, outcome.output)


def _look_then_play(
    performance: Performance, step: Step, operation: Operation, attempt: int
) -> Settled:
    """After a lost connection the commit may have happened all the same."""
    row = RunNode.objects.filter(
        run=performance.run.id,
        node_key=step.node.key,
        iteration=step.iteration,
        attempt=attempt,
        call=0,
        status=NodeStatus.SUCCEEDED,
    ).first()
    if row is not None:
        return Settled(NodeStatus.SUCCEEDED, row.port, row.output_json or {})
    return _play_in_transaction(performance, step, operation, attempt)
