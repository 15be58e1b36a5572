"""Starting a run: one transaction; once it is committed, the run will be played."""

from datetime import datetime
from typing import Any

from django.db import transaction

from agents.skills.outcome import check_json
from maestro.errors import Conflict, InvalidInput, InvalidNodeOutput, MaestroError, NotFound
from orchestras.models import Orchestra
from runs.models import Mode, Run, RunStatus, Trigger
from scores.models import Score

from .overlap import lock_orchestra, save_by_policy
from .saving import save_finished, save_queued, unsaved
from .subscores import pin_all

JSON = dict[str, Any]


@transaction.atomic
def start_orchestra(
    orchestra: Orchestra,
    *,
    trigger: Trigger,
    input: JSON | None = None,
    mode: Mode = Mode.LIVE,
    slot: datetime | None = None,
    started_by: str,
    idempotency_key: str | None = None,
    request_sha256: str | None = None,
    depth: int = 0,
) -> Run:
    """Start, queue or skip a run of an orchestra, as its overlap policy says.

    `input` None: the orchestra's own. Raises InvalidInput, InvalidScore or NotFound; nothing is
    written then.
    """
    locked = lock_orchestra(orchestra.pk)
    if locked is None:
        raise NotFound(f"{orchestra.name} was deleted at the same moment.")
    orchestra = locked
    run = new_run(
        orchestra.score,
        version=orchestra.score_version or orchestra.score.version,
        orchestra=orchestra,
        trigger=trigger,
        input=orchestra.input if input is None else input,
        budget_microdollars=orchestra.run_budget_microdollars,
        mode=mode,
        slot=slot,
        started_by=started_by,
        idempotency_key=idempotency_key,
        request_sha256=request_sha256,
        depth=depth,
    )
    return save_by_policy(run, orchestra)


def start_score(
    score: Score,
    *,
    trigger: Trigger,
    input: JSON | None = None,
    mode: Mode = Mode.LIVE,
    started_by: str,
    idempotency_key: str | None = None,
    request_sha256: str | None = None,
    depth: int = 0,
) -> Run:
    """Start a run of a score's newest version, outside any orchestra.

    Raises InvalidInput or InvalidScore; nothing is written then.
    """
    run = new_run(
        score,
        version=score.version,
        trigger=trigger,
        input=input or {},
        mode=mode,
        started_by=started_by,
        idempotency_key=idempotency_key,
        request_sha256=request_sha256,
        depth=depth,
    )
    return save_queued(run)


def refused_run(orchestra: Orchestra, error: MaestroError, *, slot: datetime) -> Run:
    """The failed run that stands for a fire which could not start."""
    run = Run(
        workspace_id=orchestra.workspace_id,
        score_id=orchestra.score_id,
        score_version=orchestra.score_version or orchestra.score.version,
        orchestra=orchestra,
        trigger=Trigger.CRON,
        slot=slot,
        started_by="schedule",
    )
    return save_finished(run, RunStatus.FAILED, {**error.as_json(), "node": None})


def checked_input(input: object) -> JSON:
    """The input as a run can keep it, or InvalidInput."""
    if not isinstance(input, dict):
        raise InvalidInput("A run's input is a JSON object.")
    try:
        check_json(input)
    except InvalidNodeOutput as error:
        raise InvalidInput(f"The input cannot be taken. {error.message}") from error
    return input


def new_run(
    score: Score,
    *,
    version: int,
    input: JSON,
    mode: Mode,
    depth: int = 0,
    **columns: Any,
) -> Run:
    """The row of a run that is to be saved, with all that it pins. Raises InvalidInput or InvalidScore.

    `depth`: how many runs called one another to start it.
    """
    if version == 0:
        raise Conflict(f"{score.name} has no graph yet: save one, then start it.")
    given = checked_input(input)
    pins = pin_all(score, version, mode)
    return unsaved(
        workspace_id=score.workspace_id,
        score=score,
        score_version=version,
        mode=mode,
        input=given,
        pins=pins | ({"depth": depth} if depth else {}),
        **columns,
    )
