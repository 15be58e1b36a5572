"""A run's row, inserted with its first event."""

from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import NOT_PROVIDED, JSONField, TextChoices
from django.db.models.expressions import DatabaseDefault
from django.utils import timezone
from psycopg.types.json import Jsonb

from maestro.ids import new_id
from maestro.prepared import write
from runs.connections import RUNS_CHANNEL
from runs.models import Run, RunStatus

from .holds import ALL_HELD, HELD, agents_in, refusal_without

JSON = dict[str, Any]

# By attribute: the column, what wraps its value for the database, and the default it has there.
_FIELDS = {
    field.attname: (str(field.column), isinstance(field, JSONField), field.db_default)
    for field in Run._meta.concrete_fields
}

# What a run is until somebody says otherwise.
_BLANK: JSON = {
    field.attname: field.get_default() if field.db_default is NOT_PROVIDED else field.db_default
    for field in Run._meta.concrete_fields
}

# Row, event and news of work in one round trip, which commits them where no transaction is open.
# Worded once and planned once: that takes the ORM and the database longer than to do it. Nobody can
# watch the run yet, so its event is not told.
INSERT = f"""
with {{held}} run as (
  insert into score_runs ({{columns}}) select {{values}} {{only}} returning id, status),
told as materialized (
  select id, status, case when status = 'queued' then pg_notify('{RUNS_CHANNEL}', '') end from run)
insert into run_events (run_id, number, kind) select id, 1, 'run.' || status from told"""


def unsaved(**columns: Any) -> Run:
    """A run with these columns. By name, the model would make what is not given anew, one by one."""
    given: JSON = _BLANK | {"id": new_id("run"), "input": {}, "pins": {}}
    related = {name: columns.pop(name) for name in [*columns] if name not in given}
    values: Any = (given | columns).values()
    run = Run(*values)
    for name, row in related.items():
        setattr(run, name, row)
    return run


def save_queued(run: Run) -> Run:
    """From the commit on somebody will play it."""
    return save(run, RunStatus.QUEUED)


def save_finished(run: Run, status: RunStatus, error: JSON) -> Run:
    """A run that was over before it began."""
    return save(run, status, error=error, finished_at=timezone.now())


def save(run: Run, status: RunStatus, **columns: Any) -> Run:
    """Insert it in this state; Conflict when an agent that it pins is there no more."""
    run.status = status
    run.last_event = 1
    run.queued_at = timezone.now()
    for name, value in columns.items():
        setattr(run, name, value)
    values = _values(run)
    agents = agents_in(run.pins)
    statement = _worded(tuple(values), bool(agents))
    if not write(statement, {**values, "agents": agents} if agents else values):
        raise refusal_without(agents)
    run._state.adding, run._state.db = False, connection.alias
    return run


def _values(run: Run) -> JSON:
    """By column, what the database has no default for; what nobody set gets its default here, too."""
    values: JSON = {}
    given = run.__dict__
    for name, (column, is_json, default) in _FIELDS.items():
        value = given[name]
        if isinstance(value, DatabaseDefault):
            given[name] = default
        elif value is not None and value != default:
            values[column] = Jsonb(value) if is_json else _plain(value)
    return values


def _plain(value: object) -> object:
    """Psycopg goes through all that a choice is, each time, to find how to send it."""
    return value.value if isinstance(value, TextChoices) else value


@lru_cache
def _worded(columns: tuple[str, ...], holds: bool) -> str:
    return INSERT.format(
        columns=", ".join(columns),
        values=", ".join(f"%({column})s" for column in columns),
        held=HELD if holds else "",
        only=ALL_HELD if holds else "",
    )
