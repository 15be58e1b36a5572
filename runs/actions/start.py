"""Starting a run: one transaction; once it is committed, the run will be played."""

from datetime import datetime
from typing import Any

from django.db import transaction

from agents.skills.outcome import check_json
from maestro.errors import Conflict, InvalidInput, InvalidNodeOutput, MaestroError
from orchestras.models import Orchestra, Overlap
from runs.models import Mode, Run, RunQuerySet, RunStatus, Trigger
from scores.models import Score

from .holds import hold_agents
from .saving import save, save_finished, save_queued
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

    `input` None: the orchestra's own. Raises InvalidInput or InvalidScore; nothing is written then.
    """
    # The lock makes "is one in progress?" and the insert one decision.
    orchestra = (
        Orchestra.objects.select_for_update(no_key=True, of=("self",))
        .select_related("score", "workspace")
        .get(pk=orchestra.pk)
    )
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
    in_progress = Run.objects.filter(orchestra=orchestra).unfinished()
    if orchestra.overlap == Overlap.ALLOW or not in_progress.exists():
        return save_queued(run)
    if orchestra.overlap == Overlap.QUEUE:
        return save(run, RunStatus.WAITING, waiting_for="overlap")
    return save_finished(run, RunStatus.SKIPPED, _overlap(in_progress))


@transaction.atomic
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
    hold_agents(pins)
    return Run(
        workspace_id=score.workspace_id,
        score=score,
        score_version=version,
        mode=mode,
        input=given,
        pins=pins | ({"depth": depth} if depth else {}),
        **columns,
    )


def _overlap(in_progress: RunQuerySet) -> JSON:
    others = list(in_progress.values_list("id", flat=True)[:5])
    return {
        "code": "overlap",
        "message": "Skipped, because an earlier run of this orchestra is still in progress.",
        "node": None,
        "details": {"runs": others},
    }
