"""A plan over REST: what it would change, decided on and applied."""

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from ninja import Query, Router, Status

from maestro.rest.paging import Page, PageQuery, page
from maestro.rest.shapes import Id, find
from maestro.workspaces.bearer import ApiRequest, author, can
from runs import actions
from runs.models import Run
from runs.reuse.plans import planned_effects
from runs.schemas import IdempotencyKey, RunOut, run_out

from .apply import apply_plan as apply
from .foreseen import foresee
from .schemas import ApplyIn, ChoiceIn, EffectInPath, EffectOut, effect_out
from .shown import application_of, foreseen_for, shown_effects

router = Router(tags=["Plans"])


@router.get("/runs/{run_id}/effects", response=Page[EffectOut], auth=can("run:read"))
def list_effects(request: ApiRequest, run_id: Id, query: Query[PageQuery]) -> Page[EffectOut]:
    """What a plan would have written, in the order it was planned; of other runs nothing."""
    plan = _find_run(request, run_id)
    rows = page(Page[Any], planned_effects(plan), query, lambda row: row, ["id"])
    application = application_of(plan)
    shown = shown_effects(rows.items, application, foreseen_for(plan, application))
    items = [effect_out(effect) for effect in shown]
    return Page[EffectOut](items=items, next_cursor=rows.next_cursor)


@router.put("/runs/{run_id}/effects/{effect_id}", response=EffectOut, auth=can("run:write"))
def decide_effect(
    request: ApiRequest, run_id: Id, effect_id: EffectInPath, body: ChoiceIn
) -> EffectOut:
    """Approve, edit or drop one effect; the last word before the plan is applied counts."""
    plan = _find_run(request, run_id)
    find(planned_effects(plan), effect_id)
    choice = actions.EffectChoice(effect_id, body.decision, body.arguments)
    actions.decide_effects(plan, [choice], by=author(request))
    decided = planned_effects(plan).filter(pk=effect_id)
    return effect_out(shown_effects(decided, None, foresee(plan))[0])


@router.post("/runs/{run_id}/apply", response={201: RunOut, 200: RunOut}, auth=can("run:write"))
def apply_plan(
    request: ApiRequest,
    response: HttpResponse,
    run_id: Id,
    body: ApplyIn,
    idempotency_key: IdempotencyKey,
) -> Status[RunOut]:
    """Start the live run in which the approved effects happen, once for each plan.

    What the plan read and what its models said is taken over, not asked again. 409 where dropping
    effects changes others and `accept_changes` does not say that they were looked at.
    """
    choices = [item.choice() for item in body.items]
    plan = _find_run(request, run_id)
    start = partial(
        apply,
        plan,
        choices,
        started_by=author(request),
        accepts=lambda foreseen: body.accept_changes,
    )
    if idempotency_key is None:
        run, is_new = start(), True
    else:
        asked = {"path": request.path, **body.model_dump(mode="json")}
        run, is_new = actions.start_once(request.auth.workspace, idempotency_key, asked, start)
    response["Location"] = reverse("api:get_run", args=[run.id])
    return Status(201 if is_new else 200, run_out(run))


def _find_run(request: ApiRequest, run_id: str) -> Run:
    return find(Run.objects.in_workspace(request.auth.workspace), run_id)
