"""Cancelling: at once while nobody plays the run, else by asking its player."""

from django.db import connection, transaction
from django.utils import timezone

from maestro.errors import Conflict
from runs import claims
from runs.models import Run, RunStatus

from .events import lock_run, tell, wake_players


@transaction.atomic
def cancel_run(run: Run, *, by: str) -> Run:
    """No node starts after it, what is in flight is cut off, and so it goes for the runs of its
    subscores. Raises Conflict when it is over."""
    run = lock_run(run)
    if run.is_finished:
        raise Conflict(f"{run.id} has already ended: {run.status}.")
    run.cancel_requested = True
    tell(run, "run.cancel_requested", payload={"by": by})
    if run.status == RunStatus.RUNNING:
        wake_players("cancel")
    else:
        run.status = RunStatus.CANCELLED
        run.finished_at = timezone.now()
        run.waiting_for = ""
        tell(run, "run.cancelled", payload={"by": by})
    run.save(
        update_fields=["cancel_requested", "status", "finished_at", "waiting_for", "last_event"]
    )
    _cancel_children(run)
    return run


def _cancel_children(run: Run) -> None:
    """Level by level; what a lock hides here the keep finds within seconds."""
    parents = [run.pk]
    with connection.cursor() as cursor:
        while parents:
            cursor.execute(claims.CANCEL_CHILDREN_OF, {"parents": parents})
            parents = [row[0] for row in cursor.fetchall()]
