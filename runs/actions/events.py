"""Events written through Django, under the run's row lock, numbered on from the last one."""

from typing import Any

from django.db import connection

from runs.connections import EVENTS_CHANNEL, RUNS_CHANNEL
from runs.models import Run, RunEvent


def lock_run(run: Run) -> Run:
    """The run's newest row, locked until the transaction ends."""
    return Run.objects.select_for_update(no_key=True).get(pk=run.pk)


def tell(
    run: Run,
    kind: str,
    *,
    node: str = "",
    iteration: str = "",
    payload: dict[str, Any] | None = None,
) -> None:
    """Append an event to a locked run and wake its watchers; the caller saves the run."""
    run.last_event += 1
    RunEvent.objects.create(
        run=run,
        number=run.last_event,
        kind=kind,
        node_key=node,
        iteration=iteration,
        payload=payload or {},
    )
    notify(EVENTS_CHANNEL, run.id)


def wake_players(payload: str = "") -> None:
    """Tell players that a run may be claimed, or (`cancel`) that one of theirs was cancelled."""
    notify(RUNS_CHANNEL, payload)


def notify(channel: str, payload: str) -> None:
    """Delivered when the transaction commits."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_notify(%s, %s)", [channel, payload])
