"""The Composer's page over a score."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.views.decorators.http import require_GET

from maestro.workspaces.desk import Wrap, looking_seat
from scores.models import Score

from .page import composer_page


def urls(wrap: Wrap) -> list[URLPattern]:
    """The addresses of these views inside the admin; `wrap` asks for a signed-in person."""
    return [path("scores/score/<str:pk>/composer/", wrap(compose), name="compose_score")]


@require_GET
def compose(request: HttpRequest, pk: str) -> HttpResponse:
    """The newest graph and its draft; `?version=3` shows what that save said, to be looked at."""
    seat = looking_seat(request)
    score = get_object_or_404(Score, pk=pk, workspace=seat.workspace)
    asked = request.GET.get("version", "")
    version = int(asked) if asked.isdecimal() and len(asked) < 10 else None
    return composer_page(request, seat, score, score.name, version=version)
