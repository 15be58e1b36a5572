"""Operations on Maestro's own tables: domain row and journal row in one transaction."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.db import (
    IntegrityError,
    InterfaceError,
    OperationalError,
    connection,
    transaction,
)

from agents.skills.context import Context
from agents.skills.operation import Operation
from agents.skills.outcome import Outcome
from maestro.errors import TimedOut
from runs.crash import crash_point
from runs.executor import Stop
from runs.journal import NodeEntry, record_in
from runs.models import RunNode
from runs.models.choices import NodeStatus

from .outage import DATABASE_WAIT_SECONDS, in_thread
from .performance import Performance


@dataclass(frozen=True, slots=True)
class LocalCall:
    """One call. `row`: what is recorded of it, all but how it ends."""

    operation: Operation
    given: dict[str, Any]
    context: Context
    row: NodeEntry


class WrittenBefore(Exception):
    """A transaction whose answer was lost has committed after all; this one must not."""


PlayOnce = Callable[[LocalCall], Outcome]


async def play_local(performance: Performance, call: LocalCall) -> Outcome:
    """Exactly once: both rows commit or none, and a lost answer is looked up before a repeat.

    Raises the operation's NodeErrors, Fenced, TimedOut when the database stays away for longer
    than the operation may take, or Stop when the player lost its lease or the run was cancelled
    meanwhile.
    """
    await performance.journal.flush(performance.run.claim)
    patience = time.monotonic() + call.operation.timeout_seconds
    play: PlayOnce = _play_in_transaction
    while performance.holds():
        try:
            return await in_thread(performance, partial(play, call))
        except (OperationalError, InterfaceError, WrittenBefore) as error:
            if time.monotonic() > patience:
                raise TimedOut(f"{call.operation.full_name} could not write: {error}") from error
            play = _look_then_play
            await asyncio.sleep(DATABASE_WAIT_SECONDS)
    raise Stop


def _play_in_transaction(call: LocalCall) -> Outcome:
    began = datetime.now(UTC)
    with transaction.atomic(), connection.cursor() as cursor:
        outcome = call.operation.call_local(call.given, call.context)
        entry = replace(
            call.row,
            status=NodeStatus.SUCCEEDED,
            port=outcome.port,
            output=outcome.output,
            started_at=began,
            finished_at=datetime.now(UTC),
        )
        try:
            record_in(cursor, entry)
        except IntegrityError as error:
            raise WrittenBefore from error
        crash_point("local.before_commit")
    crash_point("local.committed")
    return outcome


def _look_then_play(call: LocalCall) -> Outcome:
    """After a lost connection the commit may have happened all the same."""
    row = RunNode.objects.filter(
        run=call.row.run,
        node_key=call.row.node_key,
        iteration=call.row.iteration,
        attempt=call.row.attempt,
        call=call.row.call,
        status=NodeStatus.SUCCEEDED,
    ).first()
    if row is not None:
        return Outcome(row.port or "", row.output_json or {})
    return _play_in_transaction(call)
