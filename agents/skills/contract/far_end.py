"""The network's far end, written down: what it is asked is kept, what it answers is given."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from agents.addresses import Policy
from agents.answer import Answer
from agents.egress import Egress
from agents.egress.way_out import Sent


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One answer: `json`, else `body`. `silent`: none ever comes."""

    status: int = 200
    json: Any = None
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    silent: bool = False

    def answer(self) -> Answer:
        headers = {name.lower(): value for name, value in self.headers.items()}
        if self.json is None:
            return Answer(status=self.status, headers=headers, body=self.body)
        headers = {"content-type": "application/json", **headers}
        return Answer(status=self.status, headers=headers, body=json.dumps(self.json).encode())


@dataclass(frozen=True)
class Asked:
    """One request, as it would have left."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:  # noqa: ANN401  # whatever was sent
        return json.loads(self.body)


class ScriptedEgress(Egress):
    """The real way out but for the wire: requests are built and judged, and refusals are mapped.

    Replies come in order; the last one answers all further requests.
    """

    def __init__(self, replies: Sequence[Reply], asked: list[Asked] | None = None) -> None:
        super().__init__(Policy())
        self._client = _builder()._client
        self.asked: list[Asked] = [] if asked is None else asked
        self._replies = replies

    async def _follow(self, sent: Sent, max_bytes: int) -> Answer:
        request = sent.request
        await self._let_pass(request)
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.asked.append(Asked(request.method, str(request.url), headers, request.content))
        if not self._replies:
            raise AssertionError(f"{request.url} was asked, and the case has no reply to it")
        reply = self._replies[min(len(self.asked), len(self._replies)) - 1]
        if reply.silent:
            await asyncio.Event().wait()
        return reply.answer()


@cache
def _builder() -> Egress:
    """Whose client builds the requests of all; it sends none."""
    return Egress(Policy())
