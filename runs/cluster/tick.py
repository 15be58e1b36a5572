"""Schedules: each fire that is due becomes exactly one run.

Any number of clusters may tick at once: an orchestra's row is locked, others skip it, and
(orchestra, slot) is unique.
"""

import logging
from datetime import datetime

from django.db import connection, transaction
from django.db.models.functions import Now

from maestro.errors import MaestroError
from orchestras.models import Orchestra
from orchestras.schedule import plan_fires
from runs.actions.start import refused_run, start_orchestra
from runs.models import Trigger

MAX_ORCHESTRAS = 50  # per step, so that one step stays short

log = logging.getLogger(__name__)


def tick() -> int:
    """Start what is due by the database's clock; returns how many orchestras fired.

    Workspaces take turns: a thousand schedules of one hold up nobody else's.
    """
    fired = 0
    served: set[str] = set()
    while fired < MAX_ORCHESTRAS:
        workspace = _fire_one(but_not=served)
        if workspace is not None:
            served.add(workspace)
            fired += 1
        elif served:
            served.clear()  # all that are due had their turn
        else:
            break
    return fired


@transaction.atomic
def _fire_one(but_not: set[str]) -> str | None:
    """Fire the orchestra that is due longest, of a workspace not in `but_not`; says whose it was."""
    orchestra = (
        Orchestra.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
        .filter(enabled=True, next_fire_at__lte=Now())
        .exclude(workspace__in=but_not)
        .select_related("workspace", "score")
        .order_by("next_fire_at")
        .first()
    )
    if orchestra is None or orchestra.next_fire_at is None:
        return None
    zone = orchestra.time_zone or orchestra.workspace.time_zone
    plan = plan_fires(
        orchestra.cron, zone, orchestra.next_fire_at, orchestra.misfire, _database_now()
    )
    for slot in plan.slots:
        _start(orchestra, slot)
    orchestra.next_fire_at = plan.next_fire_at
    orchestra.last_fire_at = plan.slots[-1] if plan.slots else orchestra.last_fire_at
    orchestra.save(update_fields=["next_fire_at", "last_fire_at"])
    return orchestra.workspace_id


def _start(orchestra: Orchestra, slot: datetime) -> None:
    """A fire that cannot start is a failed run: a schedule never fails in silence."""
    try:
        with transaction.atomic():
            start_orchestra(orchestra, trigger=Trigger.CRON, slot=slot, started_by="schedule")
    except MaestroError as error:
        log.warning("orchestra %s could not start: %s", orchestra.id, error.message)
        refused_run(orchestra, error, slot=slot)


def _database_now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("select clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now
