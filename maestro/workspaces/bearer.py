"""Who calls the API: a program by its API key as bearer token, or a person by the session of the admin."""

from dataclasses import dataclass

from django.http import HttpRequest
from ninja.security.http import HttpBearer
from ninja.utils import check_csrf

from maestro.errors import Forbidden, Unauthenticated

from .api_keys import find_api_key
from .desk.seat import author_of, seat_of
from .models import ApiKey, Workspace


@dataclass(frozen=True)
class Caller:
    """Whoever was let in; `name` is how versions, runs and the audit log call them."""

    workspace: Workspace
    name: str
    key: ApiKey | None = None


class ApiRequest(HttpRequest):
    """A request that `can` has let in."""

    auth: Caller


class BearerKey(HttpBearer):
    """Lets in whoever has the scopes, or anybody known when none is asked for."""

    def __init__(self, scopes: tuple[str, ...]) -> None:
        super().__init__()
        self.scopes = scopes

    def __call__(self, request: HttpRequest) -> Caller:
        # Not the parent's: in debug that one writes the header, and so the key, to the log.
        written = request.headers.get("Authorization")
        if written is None and request.user.is_authenticated:
            return self._person(request)
        kind, _, token = (written or "").partition(" ")
        return self.authenticate(request, token.strip() if kind.lower() == "bearer" else "")

    def authenticate(self, request: HttpRequest, token: str) -> Caller:
        key = find_api_key(token)
        if key is None:
            raise Unauthenticated("Send a valid API key: Authorization: Bearer mk_…")
        for scope in self.scopes:
            if not key.allows(scope):
                raise Forbidden(f"The API key {key} lacks the scope {scope}", scope=scope)
        return Caller(key.workspace, f"API key {key}", key)

    def _person(self, request: HttpRequest) -> Caller:
        """Someone signed in to the admin, in the workspace they work in, as far as their role goes."""
        if check_csrf(request) is not None:
            raise Forbidden("Send the CSRF token of your session as X-CSRFToken")
        seat = seat_of(request)
        if seat is None or not request.user.is_staff:
            raise Forbidden("You have no seat in a workspace")
        for scope in self.scopes:
            may = seat.is_owner if scope == "workspace:write" else seat.may_edit
            if not (may or scope.endswith(":read")):
                raise Forbidden(f"As {seat.role} you cannot do this", scope=scope)
        return Caller(seat.workspace, author_of(request))


def can(*scopes: str) -> BearerKey:
    """The permission of one operation: `auth=can("run:write")`."""
    return BearerKey(scopes)


def author(request: ApiRequest) -> str:
    """The caller, as versions, runs and the audit log name them."""
    return request.auth.name
