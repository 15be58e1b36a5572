"""A score's versions as people see them: side by side, and restored."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.views.decorators.http import require_GET, require_POST

from maestro.workspaces.desk import (
    Seat,
    Wrap,
    author_of,
    desk_page,
    editing_seat,
    looking_seat,
    number_in,
    page_of,
    to_page_or_why,
)
from scores.actions import read_graph, restore_graph
from scores.models import Score, ScoreVersion

from .comparison import compare_graphs
from .drawing import draw


def urls(wrap: Wrap) -> list[URLPattern]:
    """The addresses of these views inside the admin; `wrap` asks for a signed-in person."""
    return [
        path("scores/score/<str:pk>/compare/", wrap(comparison), name="compare_score"),
        path("scores/score/<str:pk>/restore/", wrap(restore), name="restore_score"),
    ]


@require_GET
def comparison(request: HttpRequest, pk: str) -> HttpResponse:
    """Two versions side by side; without a choice the newest two."""
    score = _score(pk, looking_seat(request))
    after = _version(score, request.GET.get("after", ""), score.version)
    before = _version(score, request.GET.get("before", ""), max(after.version - 1, 1))
    compared = compare_graphs(*(read_graph(score, one.version) for one in (before, after)))
    return desk_page(
        request,
        "scores/compare.html",
        f"{score}: v{before.version} and v{after.version}",
        score=score,
        before=before,
        after=after,
        sides=[before, after],
        comparison=compared,
        drawing=draw(compared),
        versions=score.versions.defer("graph"),
    )


@require_POST
def restore(request: HttpRequest, pk: str) -> HttpResponse:
    """An old version as the newest one."""
    score = _score(pk, editing_seat(request))
    version = number_in(request.POST.get("version", ""), 0)

    def act() -> str:
        saved = restore_graph(score, version, author=author_of(request)).score
        messages.success(request, f"v{saved.version} plays what v{version} played.")
        return page_of(score)

    return to_page_or_why(request, act, back=page_of(score))


def _score(pk: str, seat: Seat) -> Score:
    return get_object_or_404(Score, pk=pk, workspace=seat.workspace)


def _version(score: Score, chosen: str, otherwise: int) -> ScoreVersion:
    versions = score.versions.defer("graph")
    return get_object_or_404(versions, version=number_in(chosen, otherwise))
