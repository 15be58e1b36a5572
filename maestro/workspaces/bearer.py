"""Who calls the API: an API key as bearer token, and what it may do."""

from django.http import HttpRequest
from ninja.security.http import HttpBearer

from maestro.errors import Forbidden, Unauthenticated

from .api_keys import find_api_key
from .models import ApiKey


class ApiRequest(HttpRequest):
    """A request that `can` has let in."""

    auth: ApiKey


class BearerKey(HttpBearer):
    """Lets in a key that has the scopes, or any key when none is asked for."""

    def __init__(self, scopes: tuple[str, ...]) -> None:
        super().__init__()
        self.scopes = scopes

    def __call__(self, request: HttpRequest) -> ApiKey:
        # Not the parent's: in debug that one writes the header, and so the key, to the log.
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        return self.authenticate(request, token.strip() if kind.lower() == "bearer" else "")

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey:
        key = find_api_key(token)
        if key is None:
            raise Unauthenticated("Send a valid API key: Authorization: Bearer mk_…")
        for scope in self.scopes:
            if not key.allows(scope):
                raise Forbidden(f"The API key {key} lacks the scope {scope}", scope=scope)
        return key


def can(*scopes: str) -> BearerKey:
    """The permission of one operation: `auth=can("run:write")`."""
    return BearerKey(scopes)


def author(request: ApiRequest) -> str:
    """The key, as versions, runs and the audit log name it."""
    return f"API key {request.auth}"
