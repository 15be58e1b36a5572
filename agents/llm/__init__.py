"""The one place that talks to a model: sessions, and what they use and cost."""

import asyncio
from typing import TYPE_CHECKING

from .exchange import Hear, Reply, Request, Spend

if TYPE_CHECKING:
    from .client import Client


class Models:
    """The way to the models for one event loop. Close it with `aclose`.

    The library behind it takes seconds to load, so it is loaded by the first call, in a thread.
    """

    def __init__(self) -> None:
        self._opening: asyncio.Task[Client] | None = None

    async def send(
        self,
        request: Request,
        *,
        key: str,
        spend: Spend,
        hear: Hear | None = None,
        provider: str = "",
    ) -> Reply:
        """One call, as `agents.llm.client` describes it."""
        client = await self._client()
        return await client.send(request, key=key, spend=spend, hear=hear, provider=provider)

    async def count(self, request: Request, *, key: str, provider: str = "") -> int:
        """Tokens of its prompt, counted at the provider; it costs nothing. Errors as of `send`."""
        client = await self._client()
        return await client.count(request, key=key, provider=provider)

    async def look(self, *, key: str, provider: str = "") -> None:
        """Whether the provider takes the key; it costs nothing. Errors as of `send`."""
        client = await self._client()
        await client.look(key=key, provider=provider)

    async def _client(self) -> "Client":
        if self._opening is None:
            self._opening = asyncio.create_task(asyncio.to_thread(_open))
        return await asyncio.shield(self._opening)

    async def aclose(self) -> None:
        if self._opening is not None:
            await (await self._opening).aclose()


def _open() -> "Client":
    from .client import Client

    return Client()
