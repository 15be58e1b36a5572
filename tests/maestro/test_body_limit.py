"""A body without end is not read to its end."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import pytest
from django.core.asgi import get_asgi_application

from maestro.body_limit import MAX_BYTES, BodyLimit

MIB = 1024 * 1024


class Sender:
    """A client that sends `mebibytes` of body and then waits for its answer."""

    def __init__(self, mebibytes: int, **headers: str) -> None:
        self.left = mebibytes
        self.received: list[Mapping[str, Any]] = []
        fields = {"host": "localhost", "content-type": "application/json", **headers}
        self.scope: dict[str, Any] = {
            "type": "http",
            "method": "POST",
            "path": "/api/v1/agents",
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in fields.items()],
        }

    async def send_it(self) -> tuple[int, dict[str, Any]]:
        await BodyLimit(get_asgi_application())(self.scope, self._next, self._receive)
        start, body = self.received
        return start["status"], json.loads(body["body"])

    async def _next(self) -> Mapping[str, Any]:
        if self.left == 0:
            await asyncio.Event().wait()
        self.left -= 1
        return {"type": "http.request", "body": b" " * MIB, "more_body": self.left > 0}

    async def _receive(self, message: Mapping[str, Any]) -> None:
        self.received.append(message)


async def test_a_body_that_comes_in_pieces_is_cut_off_at_the_limit() -> None:
    sender = Sender(mebibytes=1000)

    status, said = await sender.send_it()

    assert (status, said["code"]) == (413, "too_large")
    assert 1000 - sender.left == MAX_BYTES // MIB + 1


async def test_a_body_that_is_announced_as_too_large_is_not_read_at_all() -> None:
    sender = Sender(1000, **{"content-length": str(1000 * MIB)})

    status, said = await sender.send_it()

    assert (status, said["code"], sender.left) == (413, "too_large", 1000)


@pytest.mark.django_db(transaction=True)
async def test_a_body_below_the_limit_reaches_django() -> None:
    status, said = await Sender(mebibytes=1).send_it()

    assert (status, said["code"]) == (401, "unauthenticated")
