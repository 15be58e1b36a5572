"""Requests too large for anybody are refused while they come in, before they fill the disk."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from maestro.ids import new_id

Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]

MAX_BYTES = 32 * 1024 * 1024


class BodyLimit:
    """An ASGI application that reads at most `MAX_BYTES` of a body.

    Django keeps all of it in a file before it asks who is sending.
    """

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        read = 0

        async def receive_within_limit() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            # Seen as a client that went away, Django drops what it has and answers nothing.
            return {"type": "http.disconnect"} if read > MAX_BYTES else message

        if scope["type"] == "http" and _announced(scope) > MAX_BYTES:
            return await _refuse(send)
        await self._application(scope, receive_within_limit, send)
        if read > MAX_BYTES:
            await _refuse(send)


def _announced(scope: Mapping[str, Any]) -> int:
    length = dict(scope["headers"]).get(b"content-length", b"")
    return int(length) if length.isdigit() else 0


async def _refuse(send: Send) -> None:
    refusal = {
        "code": "too_large",
        "message": f"The request has more than {MAX_BYTES:,} bytes",
        "details": {},
        "request_id": new_id("req"),
    }
    headers = [(b"content-type", b"application/json"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(refusal).encode()})
