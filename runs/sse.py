"""Server-sent events: the frames, and the response that carries them."""

import json
from collections.abc import AsyncIterator

from asgiref.sync import sync_to_async
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.http import StreamingHttpResponse

RETRY = b"retry: 2000\n\n"  # milliseconds until a browser that lost the stream comes back
STILL_HERE = b": still here\n\n"


def frame(number: int, kind: str, content: object) -> bytes:
    """One event; `number` is what a client sends back as Last-Event-ID."""
    text = json.dumps(content, cls=DjangoJSONEncoder)  # one line: JSON escapes line ends
    return f"id: {number}\nevent: {kind}\ndata: {text}\n\n".encode()


def passing_frame(kind: str, content: object) -> bytes:
    """What has no number: whoever comes back does not hear it again."""
    return f"event: {kind}\ndata: {json.dumps(content)}\n\n".encode()


async def stream(frames: AsyncIterator[bytes]) -> StreamingHttpResponse:
    """Gives the request's database connection back first: a stream lives for hours."""
    await sync_to_async(_let_go)()
    response = StreamingHttpResponse(frames, content_type="text/event-stream")
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _let_go() -> None:
    if not connection.in_atomic_block:
        connection.close()
