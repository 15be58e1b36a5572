"""What people do with auditions in the admin: see the price, start, watch, judge, save."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_GET, require_POST

from agents.models import Agent
from maestro.errors import InvalidInput, MaestroError
from maestro.workspaces.desk import (
    Seat,
    Wrap,
    author_of,
    desk_page,
    editing_seat,
    page_of,
    to_page_or_why,
)

from . import actions
from .actions import Proposal, propose
from .declared import FORMS, Grader, read_grader
from .fields import deciding
from .models import Against, Audition
from .page import dollars, judged_of, shown_row
from .proposals import chosen, keep, kept, what_changed

JSON = dict[str, Any]


def urls(wrap: Wrap) -> list[URLPattern]:
    """The addresses of these views inside the admin; `wrap` asks for a signed-in person."""
    place = "auditions/audition/<str:pk>"
    return [
        path("agents/agent/<str:pk>/audition/", wrap(proposal), name="propose_audition"),
        path("agents/agent/<str:pk>/audition/start/", wrap(start), name="start_audition"),
        path(f"{place}/judge/", wrap(judge), name="judge_audition"),
        path(f"{place}/cancel/", wrap(cancel), name="cancel_audition"),
        path(f"{place}/again/", wrap(again), name="audition_again"),
        path(f"{place}/save/", wrap(save), name="save_audition"),
    ]


@require_GET
def proposal(request: HttpRequest, pk: str) -> HttpResponse:
    """What the candidate would be heard at, and what that costs."""
    agent = _agent(pk, editing_seat(request))
    told: JSON = {"agent": agent, "typed": request.GET, "forms": FORMS, "proposal": None}
    try:
        candidate = kept(request, agent)
        told["comparison"] = what_changed(agent, candidate)
        told["proposal"] = _proposed(request, agent, request.GET)
    except MaestroError as refusal:
        told["refusal"] = refusal.message
    title = f"Hear {agent} before it is saved"
    return desk_page(request, "auditions/propose.html", title, **told)


@require_POST
def start(request: HttpRequest, pk: str) -> HttpResponse:
    agent = _agent(pk, editing_seat(request))

    def act() -> str:
        typed = request.POST
        audition = actions.start_audition(
            _proposed(request, agent, typed),
            graders=_graders(typed.get("graders", "")),
            budget=_budget(typed.get("budget", "")),
            by=author_of(request),
        )
        return page_of(audition)

    return to_page_or_why(request, act, back=reverse("admin:propose_audition", args=[agent.pk]))


@require_POST
def judge(request: HttpRequest, pk: str) -> HttpResponse:
    """A verdict on one row; the same one again takes it back."""
    audition = _audition(pk, editing_seat(request))
    number, verdict = request.POST.get("row", ""), request.POST.get("verdict", "")
    if not (number.isascii() and number.isdigit() and len(number) < 9):
        return HttpResponse(status=404)
    row = audition.rows.filter(number=int(number)).first()
    if row is not None and row.verdict == verdict:
        verdict = ""
    try:
        judged = actions.judge(audition, int(number), verdict, by=author_of(request))
    except InvalidInput as refusal:
        messages.error(request, refusal.message)
        return HttpResponseRedirect(page_of(audition))
    if "HX-Request" not in request.headers:
        return HttpResponseRedirect(f"{page_of(audition)}#row-{number}")
    counted = judged_of(list(audition.rows.only("verdict", "changed", "audition_id")))
    fields = deciding(audition.candidate["output_schema"])
    told = {"shown": shown_row(judged, fields), "original": audition, "may_edit": True, **counted}
    return render(request, "auditions/_judged_row.html", told)


@require_POST
def cancel(request: HttpRequest, pk: str) -> HttpResponse:
    audition = _audition(pk, editing_seat(request))

    def act() -> str:
        actions.cancel_audition(audition, by=author_of(request))
        return page_of(audition)

    return to_page_or_why(request, act, back=page_of(audition))


@require_POST
def again(request: HttpRequest, pk: str) -> HttpResponse:
    """The same candidate, at other inputs or beside another version."""
    audition = _audition(pk, editing_seat(request))
    keep(request, audition.agent, audition.candidate)
    return HttpResponseRedirect(reverse("admin:propose_audition", args=[audition.agent_id]))


@require_POST
def save(request: HttpRequest, pk: str) -> HttpResponse:
    """The candidate as the agent's next version."""
    audition = _audition(pk, editing_seat(request))

    def act() -> str:
        note = request.POST.get("note", "")[:500]
        saved = actions.save_candidate(audition, note=note, by=author_of(request))
        messages.success(request, f"{saved} is at v{saved.version} now, as it was heard here.")
        return page_of(audition)

    return to_page_or_why(request, act, back=page_of(audition))


def _proposed(request: HttpRequest, agent: Agent, typed: Any) -> Proposal:  # noqa: ANN401
    against = Against.CURRENT if typed.get("against") == Against.CURRENT else Against.RECORDED
    return propose(agent, kept(request, agent), chosen(typed), against=against)


def _graders(text: str) -> list[Grader]:
    return [read_grader(line) for line in text.splitlines() if line.strip()]


def _budget(text: str) -> int | None:
    try:
        return dollars(text)
    except (ValueError, OverflowError):
        raise InvalidInput(f"{text!r} is no sum of dollars.", place="budget") from None


def _agent(pk: str, seat: Seat) -> Agent:
    rows = Agent.objects.select_related("workspace")
    return get_object_or_404(rows, pk=pk, workspace=seat.workspace)


def _audition(pk: str, seat: Seat) -> Audition:
    rows = Audition.objects.select_related("agent", "run")
    return get_object_or_404(rows, pk=pk, workspace=seat.workspace)
