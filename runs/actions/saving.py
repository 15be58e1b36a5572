"""A run's row, inserted with its first event."""

from typing import Any

from django.utils import timezone

from runs.models import Run, RunStatus

from .events import tell_first, wake_players

JSON = dict[str, Any]


def save_queued(run: Run) -> Run:
    """From the commit on somebody will play it."""
    save(run, RunStatus.QUEUED)
    wake_players()
    return run


def save_finished(run: Run, status: RunStatus, error: JSON) -> Run:
    """A run that was over before it began."""
    return save(run, status, error=error, finished_at=timezone.now())


def save(run: Run, status: RunStatus, **columns: Any) -> Run:
    """Insert it in this state."""
    run.status = status
    run.last_event = 1
    for name, value in columns.items():
        setattr(run, name, value)
    run.save(force_insert=True)
    tell_first(run)
    return run
