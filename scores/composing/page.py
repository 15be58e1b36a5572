"""The page that holds the Composer: over a score, or over a run."""

from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.response import TemplateResponse

from maestro.workspaces.desk import Seat, desk_page
from maestro.workspaces.desk.keyboard import single_keys
from scores.models import Score

from .bundle import bundled

JSON = dict[str, Any]


def composer_page(
    request: HttpRequest, seat: Seat, score: Score, title: str, **told: JSON | int | None
) -> TemplateResponse:
    """`told` goes to the island, beside the score and what the person may do."""
    config = {
        "score": {"id": score.pk, "name": score.name, "version": score.version},
        "mayEdit": seat.may_edit,
        "person": request.user.get_username(),
        "singleKeys": single_keys(request),
        "csrf": get_token(request),
        **told,
    }
    return desk_page(
        request,
        "scores/composer.html",
        title,
        score=score,
        run=told.get("run"),
        config=config,
        bundle=bundled(),
        is_nav_sidebar_enabled=False,
        is_fullwidth="1",
    )
