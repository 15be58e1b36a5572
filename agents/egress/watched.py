"""A client for a library that speaks HTTP itself: judged as all are, its answers bounded."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx2 as httpx

from agents.answer import Answer, Unread, refusal
from maestro.errors import NodeError

from .failures import failure
from .urls import checked

CONNECT_SECONDS = 10


class Client(httpx.AsyncClient):
    """`refusal`: the first of our own errors on the way, which a library may have wrapped."""

    refusal: NodeError | None = None

    def __init__(
        self,
        judge: Callable[[httpx.Request], Awaitable[None]],
        inner: httpx.AsyncBaseTransport,
        headers: Mapping[str, str],
        max_bytes: int,
    ) -> None:
        self._judge, self._inner, self._max_bytes = judge, inner, max_bytes
        super().__init__(
            transport=_Watched(self._pass),
            headers={"user-agent": "Maestro", "accept-encoding": "identity", **headers},
            trust_env=False,
            timeout=httpx.Timeout(CONNECT_SECONDS, connect=CONNECT_SECONDS, read=None, write=None),
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        )

    async def _pass(self, request: httpx.Request) -> httpx.Response:
        try:
            checked(request.url)
            await self._judge(request)
            response = await self._inner.handle_async_request(request)
            if response.headers.get("content-encoding", "identity") not in ("", "identity"):
                await response.aclose()
                raise Unread("The answer is packed in a way that was not asked for")
        except NodeError as error:
            self.refusal = self.refusal or error
            raise
        except httpx.HTTPError as error:
            self.refusal = self.refusal or failure(error, request.url.host, is_write=False)
            raise
        if response.status_code >= 400 and request.method == "POST":
            bare = Answer(status=response.status_code, headers=dict(response.headers), body=b"")
            self.refusal = self.refusal or refusal(bare, request.url.host, is_write=False)
        response.stream = _Bounded(self, response.stream)
        return response


class _Watched(httpx.AsyncBaseTransport):
    """Hands every request to whoever watches; the connections are not its own to close."""

    def __init__(self, watch: Callable[[httpx.Request], Awaitable[httpx.Response]]) -> None:
        self._watch = watch

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._watch(request)


class _Bounded(httpx.AsyncByteStream):
    """An answer's bytes, up to the limit."""

    def __init__(self, client: Client, inner: Any) -> None:  # noqa: ANN401
        self._client, self._inner, self._left = client, inner, client._max_bytes

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._inner:
            self._left -= len(chunk)
            if self._left < 0:
                message = f"The answer has more than {self._client._max_bytes:,} bytes"
                self._client.refusal = self._client.refusal or Unread(message)
                raise self._client.refusal
            yield chunk

    async def aclose(self) -> None:
        await self._inner.aclose()
