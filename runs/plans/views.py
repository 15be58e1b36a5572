"""The effects of a plan in the admin: ticked, edited, dropped, and applied."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    QueryDict,
)
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_http_methods

from maestro.errors import InvalidInput, MaestroError
from maestro.workspaces.desk import (
    JSONText,
    Wrap,
    author_of,
    desk_page,
    editing_seat,
    looking_seat,
    page_of,
)
from runs.actions import EffectChoice, decide_effects
from runs.models import Decision, Mode, Run, RunStatus
from runs.reuse.plans import planned_effects

from .apply import Unseen, apply_plan
from .foreseen import Foreseen
from .shown import (
    application_of,
    arguments_of,
    counted,
    dropped,
    foreseen_for,
    shown_effects,
)

PER_PAGE = 25


def urls(wrap: Wrap) -> list[URLPattern]:
    """The addresses of these views inside the admin; `wrap` asks for a signed-in person."""
    return [path("runs/run/<str:pk>/effects/", wrap(effects), name="run_effects")]


@require_http_methods(["GET", "POST"])
def effects(request: HttpRequest, pk: str) -> HttpResponse:
    """What a plan would write, a page of it at a time; what is decided on each page is kept."""
    if request.method == "POST":
        return _decide(request, pk)
    seat = looking_seat(request)
    plan = get_object_or_404(Run, pk=pk, workspace=seat.workspace, mode=Mode.PLAN)
    application = application_of(plan)
    foreseen = foreseen_for(plan, application)
    rows = Paginator(planned_effects(plan), PER_PAGE).get_page(request.GET.get("page"))
    return desk_page(
        request,
        "runs/effects.html",
        "Planned effects",
        run=plan,
        rows=rows,
        effects=shown_effects(rows.object_list, application, foreseen),
        foreseen=foreseen,
        changed_page=_page_of_change(plan, foreseen),
        counted=counted(plan),
        dropped=dropped(plan),
        application=application,
        may_act=_is_open(plan, application) and seat.may_edit,
        typed=_take_typed(request, plan),
    )


def _decide(request: HttpRequest, pk: str) -> HttpResponse:
    plan = get_object_or_404(Run, pk=pk, workspace=editing_seat(request).workspace)
    by = author_of(request)
    try:
        choices = _choices(plan, request.POST)
        if request.POST.get("then") == "apply":
            seen = request.POST.get("seen", "")
            applied = apply_plan(
                plan, choices, started_by=by, accepts=lambda foreseen: foreseen.digest == seen
            )
            return HttpResponseRedirect(page_of(applied))
        decide_effects(plan, choices, by=by)
        messages.success(request, "Your decisions on this page are kept.")
    except Unseen as unseen:
        decide_effects(plan, choices, by=by)
        messages.warning(request, f"Not applied yet. {unseen.message}")
        return HttpResponseRedirect(_page(plan, request.POST.get("page", "")))
    except MaestroError as refusal:
        messages.error(request, refusal.message)
        request.session[_name(plan)] = request.POST.dict()
        return HttpResponseRedirect(_page(plan, request.POST.get("page", "")))
    return HttpResponseRedirect(
        _page(plan, request.POST.get("next") or request.POST.get("page", ""))
    )


def _choices(plan: Run, sent: QueryDict) -> list[EffectChoice]:
    """An effect without its tick is dropped; one whose arguments differ from the plan is edited."""
    ids = [int(id) for id in sent.getlist("effect") if id.isdecimal() and len(id) < 19]
    planned = planned_effects(plan).in_bulk(ids)
    return [_choice(id, arguments_of(planned[id]) if id in planned else {}, sent) for id in ids]


def _choice(id: int, planned: dict[str, Any], sent: QueryDict) -> EffectChoice:
    if f"do-{id}" not in sent:
        return EffectChoice(id, Decision.DROP)
    try:
        arguments = JSONText(required=False).clean(sent.get(f"arguments-{id}", ""))
    except ValidationError as fault:
        raise InvalidInput(f"Effect {id}: {fault.messages[0]}") from None
    if not isinstance(arguments, dict):
        raise InvalidInput(f'Effect {id}: write an object: {{"name": "value"}}.')
    if arguments == planned:
        return EffectChoice(id, Decision.APPROVE)
    return EffectChoice(id, Decision.EDIT, arguments)


def _page_of_change(plan: Run, foreseen: Foreseen) -> int:
    """The page that shows the first effect which dropping others changes."""
    if not foreseen.changed:
        return 1
    before = planned_effects(plan).filter(pk__lt=min(foreseen.changed)).count()
    return before // PER_PAGE + 1


def _is_open(plan: Run, application: Run | None) -> bool:
    return application is None and plan.status == RunStatus.SUCCEEDED and plan.parent_run_id is None


def _page(plan: Run, number: str) -> str:
    return (
        f"{reverse('admin:run_effects', args=[plan.pk])}?page={number if number.isdecimal() else 1}"
    )


def _name(plan: Run) -> str:
    return f"effects of {plan.pk}"


def _take_typed(request: HttpRequest, plan: Run) -> dict[str, str]:
    """What a refused form said, so that nothing typed is lost."""
    typed: dict[str, str] = request.session.pop(_name(plan), {})
    return typed
