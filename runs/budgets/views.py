"""What people do about money in the admin: raise the budget that a run waits for."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from maestro.errors import InvalidInput
from maestro.workspaces.changing import change_workspace
from maestro.workspaces.desk import (
    Dollars,
    Seat,
    Wrap,
    author_of,
    editing_seat,
    page_of,
    to_page_or_why,
)
from orchestras.actions import save_orchestra
from runs.models import Run

from .raising import set_run_budget


def urls(wrap: Wrap) -> list[URLPattern]:
    """The addresses of these views inside the admin; `wrap` asks for a signed-in person."""
    return [path("runs/run/<str:pk>/budget/", wrap(raise_budget), name="raise_budget")]


@require_POST
def raise_budget(request: HttpRequest, pk: str) -> HttpResponse:
    """A new amount, in dollars, for the budget named `scope`; empty is no limit."""
    seat = editing_seat(request)
    rows = Run.objects.select_related("root_run", "orchestra", "workspace")
    run = get_object_or_404(rows, pk=pk, workspace=seat.workspace)

    def act() -> str:
        _set(run, request.POST.get("scope", ""), _typed(request), seat, author_of(request))
        messages.success(request, "The budget is set. The run goes on when there is room for it.")
        return page_of(run)

    return to_page_or_why(request, act, back=page_of(run))


def _set(run: Run, scope: str, microdollars: int | None, seat: Seat, by: str) -> None:
    match scope:
        case "run":
            set_run_budget(run, microdollars, by=by)
        case "orchestra" if run.orchestra is not None:
            save_orchestra(run.orchestra, {"budget_microdollars": microdollars}, author=by)
        case "workspace" if seat.is_owner:
            fields = {"monthly_budget_microdollars": microdollars}
            change_workspace(run.workspace, fields, author=by)  # type: ignore[arg-type]
        case _:
            raise PermissionDenied


def _typed(request: HttpRequest) -> int | None:
    try:
        microdollars: int | None = Dollars().clean(request.POST.get("dollars", ""))
    except ValidationError as fault:
        raise InvalidInput(f"The budget: {fault.messages[0]}") from None
    return microdollars
