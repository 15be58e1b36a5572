"""Pages of the catalog: skills, tools, one operation, and trying it."""

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_GET, require_POST

from agents.skills.email.smtp import Server
from agents.skills.operation import Kind, Operation
from maestro.errors import Conflict, InvalidNodeInput, NotFound
from maestro.workspaces.desk import Seat, Wrap, author_of, desk_page, editing_seat, looking_seat
from runs.nodes.calling import fingerprint
from runs.trials import must_be_confirmed, price_of, try_operation

from .entries import catalog_of, detail_of, find_operation, tools_of
from .form import TrialForm


def urls(wrap: Wrap) -> list[URLPattern]:
    """The addresses of these views inside the admin; `wrap` asks for a signed-in person."""
    return [
        path("catalog/skills/", wrap(skills), name="catalog_skills"),
        path("catalog/tools/", wrap(tools), name="catalog_tools"),
        path("catalog/operations/<str:name>/", wrap(operation), name="catalog_operation"),
        path("catalog/operations/<str:name>/try/", wrap(trial), name="catalog_trial"),
    ]


@require_GET
def skills(request: HttpRequest) -> HttpResponse:
    seat = looking_seat(request)
    told = {"catalog": catalog_of(seat.workspace), **_testing(seat)}
    return desk_page(request, "catalog/skills.html", "Skills", **told)


@require_GET
def tools(request: HttpRequest) -> HttpResponse:
    workspace = looking_seat(request).workspace
    entries = [entry for one in catalog_of(workspace) for entry in one.entries]
    return desk_page(
        request, "catalog/tools.html", "Tools", entries=entries, agents=tools_of(workspace)
    )


@require_GET
def operation(request: HttpRequest, name: str) -> HttpResponse:
    seat = looking_seat(request)
    found = _found(seat, name)
    return _page(
        request, seat, found, form=TrialForm(found, seat.workspace) if seat.may_edit else None
    )


@require_POST
def trial(request: HttpRequest, name: str) -> HttpResponse:
    """Try it; what writes, or asks a model, is shown first, with the body as it would go and its price."""
    seat = editing_seat(request)
    found = _found(seat, name)
    form = TrialForm(found, seat.workspace, request.POST)
    told: dict[str, Any] = {"form": form}
    if form.is_valid() and _fits(found, form):
        given = form.given()
        # What was shown is what may happen: a field changed since is shown anew.
        confirmed = request.POST.get("confirmed") == fingerprint(given)
        told["given"] = json.dumps(given, indent=2, ensure_ascii=False)
        try:
            if must_be_confirmed(found) and not confirmed:
                if found.kind is Kind.LLM:
                    told["price"] = price_of(seat.workspace, found, given)
                told["asks"] = fingerprint(given)
            else:
                told["trial"] = try_operation(
                    seat.workspace, found, given, by=author_of(request), confirmed=confirmed
                )
        except Conflict as refusal:
            form.add_error(None, refusal.message)
    return _page(request, seat, found, **told)


def _fits(found: Operation, form: TrialForm) -> bool:
    try:
        found.prepare(form.given())
    except InvalidNodeInput as refusal:
        for fault in refusal.details["fields"]:  # type: ignore[attr-defined]
            place = fault["place"].partition(".")[0]
            message = f"{fault['place']}: {fault['message']}"
            form.add_error(place if place in form.fields else None, message)
        return False
    return True


def _found(seat: Seat, name: str) -> Operation:
    try:
        return find_operation(seat.workspace, name)
    except NotFound as refusal:
        raise Http404(refusal.message) from None


def _testing(seat: Seat) -> dict[str, Any]:
    return {"may_test": seat.may_edit, "mail_server": Server.deployed()}


def _page(request: HttpRequest, seat: Seat, found: Operation, **told: Any) -> HttpResponse:
    told |= {"detail": detail_of(seat.workspace, found), **_testing(seat)}
    return desk_page(request, "catalog/operation.html", found.full_name, operation=found, **told)
