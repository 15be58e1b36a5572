"""Playing a finished run again, in the admin: POST, then the new run's page."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from maestro.errors import MaestroError
from maestro.workspaces.desk import Wrap, author_of, editing_seat, page_of
from runs import actions
from runs.models import Run


def urls(wrap: Wrap) -> list[URLPattern]:
    """The addresses of these views inside the admin; `wrap` asks for a signed-in person."""
    return [
        path("runs/run/<str:pk>/rerun/", wrap(rerun), name="rerun_run"),
        path("runs/run/<str:pk>/repair/", wrap(repair), name="repair_run"),
    ]


@require_POST
def rerun(request: HttpRequest, pk: str) -> HttpResponse:
    """Whole, or from the node that was chosen; on the version that was chosen."""

    def foresee(run: Run) -> actions.Again:
        node = request.POST.get("node") or None
        return actions.rerun(run, node=node, version=_version(request, run))

    return _to_the_new_run(request, pk, foresee)


@require_POST
def repair(request: HttpRequest, pk: str) -> HttpResponse:
    """The groups of failures that were ticked."""

    def foresee(run: Run) -> actions.Again:
        groups = request.POST.getlist("group")
        return actions.repair(run, groups=groups, version=_version(request, run))

    return _to_the_new_run(request, pk, foresee)


def _version(request: HttpRequest, run: Run) -> int | None:
    """None: the one it played."""
    return run.score.version if request.POST.get("version") == "newest" else None


def _to_the_new_run(
    request: HttpRequest, pk: str, foresee: Callable[[Run], actions.Again]
) -> HttpResponse:
    seat = editing_seat(request)
    run = get_object_or_404(Run, pk=pk, workspace=seat.workspace)
    try:
        started = foresee(run).start(started_by=author_of(request))
    except MaestroError as refusal:
        messages.error(request, refusal.message)
        return HttpResponseRedirect(page_of(run))
    return HttpResponseRedirect(page_of(started))
