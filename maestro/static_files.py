"""Scripts, styles and fonts, answered before Django is asked: no session, no database, no thread per file."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

from django.core.handlers.asgi import ASGIHandler
from django.http import HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import Response, StaticFile

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]


class StaticFiles:
    """An ASGI application that answers `STATIC_URL` from the apps' folders and passes everything else on."""

    def __init__(self, application: ASGIHandler) -> None:
        self._application = application
        self._files = WhiteNoiseMiddleware(
            lambda request: HttpResponse(status=HTTPStatus.NOT_FOUND)
        )

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        file = self._find(scope["path"]) if scope["type"] == "http" else None
        if file is None:
            return await self._application(scope, receive, send)
        await _send(file.get_response(scope["method"], _conditions(scope)), send)

    def _find(self, path: str) -> StaticFile | None:
        found: StaticFile | None = (
            self._files.find_file(path) if self._files.autorefresh else self._files.files.get(path)
        )
        return found


def _conditions(scope: Mapping[str, Any]) -> dict[str, str]:
    """The request's headers by their CGI names, as whitenoise asks for them."""
    return {
        f"HTTP_{name.decode('latin-1').upper().replace('-', '_')}": value.decode("latin-1")
        for name, value in scope["headers"]
    }


async def _send(response: Response, send: Send) -> None:
    headers = [
        (name.lower().encode("latin-1"), value.encode("latin-1"))
        for name, value in response.headers
    ]
    body = b""
    if response.file is not None:
        with response.file:
            body = await asyncio.to_thread(response.file.read)
    await send({"type": "http.response.start", "status": int(response.status), "headers": headers})
    await send({"type": "http.response.body", "body": body})
