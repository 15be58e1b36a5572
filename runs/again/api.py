"""A finished run over REST: play it again, from a node on, or what failed of it."""

from django.http import HttpResponse
from django.urls import reverse
from ninja import Query, Router, Status

from maestro.rest.paging import Page
from maestro.rest.shapes import Id, Refusal, find
from maestro.workspaces.bearer import ApiRequest, author, can
from runs import actions
from runs.models import Run
from runs.reuse.failures import failed_rows, groups_of
from runs.schemas import IdempotencyKey

from .schemas import (
    FailureOut,
    FailuresQuery,
    ForeseenOut,
    RepairIn,
    RerunIn,
    RerunOut,
    RerunQuery,
    failure_out,
    foreseen_out,
    rerun_out,
)

router = Router(tags=["Runs played again"])


@router.get("/runs/{run_id}/rerun", response={200: ForeseenOut, 409: Refusal}, auth=can("run:read"))
def foresee_rerun(request: ApiRequest, run_id: Id, query: Query[RerunQuery]) -> ForeseenOut:
    """What a rerun would take over, and play again, without starting it."""
    run = _find_run(request, run_id)
    return foreseen_out(actions.rerun(run, node=query.start, version=query.version))


@router.post("/runs/{run_id}/rerun", response={201: RerunOut, 200: RerunOut}, auth=can("run:write"))
def rerun(
    request: ApiRequest,
    response: HttpResponse,
    run_id: Id,
    body: RerunIn,
    idempotency_key: IdempotencyKey,
) -> Status[RerunOut]:
    """A new run on the same input; with `from`, what was recorded before that node is taken over."""
    run = _find_run(request, run_id)
    again = actions.rerun(run, node=body.start, version=body.version)
    asked = body.model_dump(by_alias=True)
    return _started(request, response, again, asked, idempotency_key)


@router.get("/runs/{run_id}/failures", response=Page[FailureOut], auth=can("run:read"))
def list_failures(request: ApiRequest, run_id: Id, query: Query[FailuresQuery]) -> Page[FailureOut]:
    """What failed, grouped by cause, the most frequent first."""
    groups = groups_of(failed_rows(_find_run(request, run_id)))
    return Page[FailureOut](
        items=[failure_out(group) for group in groups[: query.limit]], next_cursor=None
    )


@router.post(
    "/runs/{run_id}/repair", response={201: RerunOut, 200: RerunOut}, auth=can("run:write")
)
def repair(
    request: ApiRequest,
    response: HttpResponse,
    run_id: Id,
    body: RepairIn,
    idempotency_key: IdempotencyKey,
) -> Status[RerunOut]:
    """A new run that plays what failed, and what is behind it; all else is taken over."""
    run = _find_run(request, run_id)
    again = actions.repair(run, groups=body.groups, items=body.places(), version=body.version)
    return _started(request, response, again, body.model_dump(), idempotency_key)


def _started(
    request: ApiRequest,
    response: HttpResponse,
    again: actions.Again,
    asked: dict[str, object],
    key: str | None,
) -> Status[RerunOut]:
    by = author(request)
    if key is None:
        run, is_new = again.start(started_by=by), True
    else:
        run, is_new = actions.start_once(
            request.auth.workspace,
            key,
            {"path": request.path, **asked},
            lambda **named: again.start(started_by=by, **named),
        )
    response["Location"] = reverse("api:get_run", args=[run.id])
    return Status(201 if is_new else 200, rerun_out(again, run))


def _find_run(request: ApiRequest, run_id: str) -> Run:
    return find(Run.objects.in_workspace(request.auth.workspace), run_id)
