"""One run per idempotency key, however often and however simultaneously it is asked for."""

import hashlib
import json
from typing import Any, Protocol

from django.db import IntegrityError, transaction

from maestro.errors import Conflict
from maestro.workspaces.models import Workspace
from runs.models import Run, RunStatus


class Start(Protocol):
    """`start_score` or `start_orchestra` with all but these two filled in."""

    def __call__(self, *, idempotency_key: str, request_sha256: str) -> Run: ...


def start_once(
    workspace: Workspace, key: str, request: dict[str, Any], start: Start
) -> tuple[Run, bool]:
    """The run that `start` makes, and True; or the one that `key` made before, as it was answered then, and False.

    Raises Conflict when the key came with another `request` (what was asked for, as JSON).
    """
    sha256 = hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()
    made = _made_by(workspace, key)
    if made is None:
        try:
            with transaction.atomic():
                return start(idempotency_key=key, request_sha256=sha256), True
        except IntegrityError:
            # An equal request was faster; its run is there now, because the insert waited for it.
            made = _made_by(workspace, key)
            if made is None:
                raise
    if made.request_sha256 != sha256:
        raise Conflict(
            f"The idempotency key {key} started {made.id} with another request; take a new key"
        )
    return _as_answered(made), False


def _made_by(workspace: Workspace, key: str) -> Run | None:
    return Run.objects.in_workspace(workspace).filter(idempotency_key=key).first()


def _as_answered(run: Run) -> Run:
    """The run as it was when it was made, whatever became of it; a skipped one never changes."""
    if run.status == RunStatus.SKIPPED:
        return run
    run.status = run.events.get(number=1).kind.removeprefix("run.")
    run.waiting_for = "overlap" if run.status == RunStatus.WAITING else ""
    for name, value in NOT_YET_PLAYED.items():
        setattr(run, name, value)
    return run


NOT_YET_PLAYED: dict[str, int | None] = {
    "output": None,
    "error": None,
    "errors": 0,
    "tokens_input": 0,
    "tokens_output": 0,
    "tokens_cache_read": 0,
    "tokens_cache_write": 0,
    "cost_microdollars": 0,
    "started_at": None,
    "finished_at": None,
}
