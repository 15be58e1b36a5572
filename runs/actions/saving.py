"""A run's row, inserted with its first event."""

from typing import Any

from django.db import connection
from django.db.models.expressions import DatabaseDefault
from django.utils import timezone

from runs.connections import EVENTS_CHANNEL, RUNS_CHANNEL
from runs.models import Run, RunStatus

JSON = dict[str, Any]

_FIELDS = Run._meta.concrete_fields
_COLUMNS = ", ".join(str(field.column) for field in _FIELDS)
_VALUES = ", ".join(f"%({field.column})s" for field in _FIELDS)

# Row, event and news in one round trip instead of four, and worded once: to word such an INSERT
# takes the ORM longer than the database takes to do it.
INSERT = f"""
with run as (insert into score_runs ({_COLUMNS}) values ({_VALUES}) returning id, status),
told as (insert into run_events (run_id, number, kind) select id, 1, 'run.' || status from run)
select pg_notify('{EVENTS_CHANNEL}', id),
       case when status = 'queued' then pg_notify('{RUNS_CHANNEL}', '') end from run"""


def save_queued(run: Run) -> Run:
    """From the commit on somebody will play it."""
    return save(run, RunStatus.QUEUED)


def save_finished(run: Run, status: RunStatus, error: JSON) -> Run:
    """A run that was over before it began."""
    return save(run, status, error=error, finished_at=timezone.now())


def save(run: Run, status: RunStatus, **columns: Any) -> Run:
    """Insert it in this state."""
    run.status = status
    run.last_event = 1
    for name, value in columns.items():
        setattr(run, name, value)
    with connection.cursor() as cursor:
        cursor.execute(INSERT, _values(run))
    run._state.adding, run._state.db = False, connection.alias
    return run


def _values(run: Run) -> JSON:
    """By column, as the database takes them; what nobody set gets its default here, too."""
    values: JSON = {}
    for field in _FIELDS:
        if isinstance(getattr(run, field.attname), DatabaseDefault):
            setattr(run, field.attname, field.db_default)
        value = field.pre_save(run, add=True)
        values[str(field.column)] = field.get_db_prep_save(value, connection)
    return values
