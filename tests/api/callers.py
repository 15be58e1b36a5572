"""A program that calls the API."""

from typing import Any

from django.http import HttpResponse
from django.test import Client

from maestro.workspaces.api_keys import SCOPES, make_api_key
from maestro.workspaces.models import Workspace

JSON = dict[str, Any]


class Caller:
    """Calls with an API key of a workspace, or with none when `token` is empty."""

    def __init__(self, token: str = "") -> None:
        self.token = token
        self._client = Client(raise_request_exception=False)

    @classmethod
    def of(cls, workspace: Workspace, *scopes: str) -> "Caller":
        """With these scopes, or all."""
        return cls(make_api_key(workspace, "test", scopes or SCOPES, author="test")[1])

    def signed(self, headers: dict[str, str] | None = None) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", **(headers or {})}

    def call(
        self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
    ) -> HttpResponse:
        sent: JSON = {} if body is None else {"data": body, "content_type": "application/json"}
        call = getattr(self._client, method)
        answer: HttpResponse = call(f"/api/v1{path}", headers=self.signed(headers), **sent)
        return answer

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self.call("get", path, headers=_named(headers))

    def post(self, path: str, body: object = None, **headers: str) -> HttpResponse:
        return self.call("post", path, body, _named(headers))

    def put(self, path: str, body: object, **headers: str) -> HttpResponse:
        return self.call("put", path, body, _named(headers))

    def patch(self, path: str, body: object, **headers: str) -> HttpResponse:
        return self.call("patch", path, body, _named(headers))

    def delete(self, path: str, **headers: str) -> HttpResponse:
        return self.call("delete", path, headers=_named(headers))


def read(answer: HttpResponse, status: int = 200) -> JSON:
    """What an answer of that status says."""
    assert answer.status_code == status, answer.content
    said: JSON = answer.json()  # type: ignore[attr-defined]  # the test client's answers have it
    return said


def refused(answer: HttpResponse, status: int, code: str) -> JSON:
    """The refusal, which always has the one shape."""
    said = read(answer, status)
    assert list(said) == ["code", "message", "details", "request_id"]
    assert said["code"] == code, said
    assert said["request_id"] == answer.headers["X-Request-ID"]
    return said


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
