"""Times are shown in the zone of the workspace a person works in."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from .seat import seat_of


class WorkspaceZone:
    """Activates the workspace's time zone for a signed-in person's pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith("/admin/") or not request.user.is_authenticated:
            return self._get_response(request)
        seat = seat_of(request)
        with timezone.override(ZoneInfo(seat.workspace.time_zone) if seat else None):
            return self._get_response(request)
