"""Asking: a request built, judged, sent, followed and read within limits."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, TypeAlias

import httpx2 as httpx

from agents.addresses import Policy
from agents.answer import UNSURE_STATUS, Answer, read_body, refusal
from agents.custody import Custody, Origin
from agents.reachability import deployed_policy
from maestro.errors import InvalidNodeInput, NodeError, ServiceRefused
from maestro.loops import DEPTH_HEADER

from .failures import failure, unsure
from .transport import Judge, Resolve, Transport, system_resolve
from .urls import checked, origin_of
from .watched import CONNECT_SECONDS, Client

Query: TypeAlias = Mapping[str, Any]

MAX_REDIRECTS = 5
MAX_BYTES = 8 * 1024 * 1024
SECONDS = 30
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
OWN_HEADERS = {"connection", "content-length", "host", "te", "transfer-encoding", "upgrade"}
OWN_HEADERS |= {DEPTH_HEADER.lower()}
ANYWHERE_HEADERS = {"accept", "accept-language", "user-agent"}


@dataclass
class Sent:
    """A request on its way; `was_taken`: a write that its far end may have carried out."""

    request: httpx.Request
    is_write: bool
    redirects: int
    was_taken: bool = False


class Egress:
    """One client for one event loop; all skills share its connections. Close it with `aclose`."""

    def __init__(self, policy: Policy, resolve: Resolve | None = None) -> None:
        self.policy = policy  # for the ways out that are not HTTP, too
        self._judge = Judge(policy, resolve or system_resolve)
        self._custody: Custody | None = None
        self._depth = 0

    @classmethod
    def from_settings(cls) -> "Egress":
        """With what the deployer allows and the far ends the deployer set."""
        return cls(deployed_policy())

    async def request(
        self,
        method: str,
        url: str,
        *,
        query: Query | None = None,
        headers: Mapping[str, str] | None = None,
        json: Any = None,  # noqa: ANN401
        content: bytes | None = None,
        seconds: float = SECONDS,
        max_bytes: int = MAX_BYTES,
        accept_status: Collection[int] = (),
        is_write: bool | None = None,
        redirects: int = MAX_REDIRECTS,
    ) -> Answer:
        """Ask and read the whole answer; 2xx and `accept_status` come back, the rest are errors.

        EgressRefused, InvalidNodeInput: nothing was sent. ServiceRefused, RateLimited (with
        `retry_after` seconds), Unavailable, TimedOut: it did not work. OutcomeUnknown: a write
        (by default, every method but GET, HEAD and OPTIONS) that may or may not have worked, also
        when its answer cannot be taken or the page that it leads to cannot be read. Without
        `redirects` one is a refusal.
        """
        is_write = method not in SAFE_METHODS if is_write is None else is_write
        sent = Sent(self._request(method, url, query, headers, json, content), is_write, redirects)
        host = sent.request.url.host
        try:
            async with asyncio.timeout(seconds):
                answer = await self._follow(sent, max_bytes)
            if 200 <= answer.status < 300 or answer.status in accept_status:
                return answer
            fault = refusal(answer, host, is_write)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, TimeoutError) as error:
            fault = failure(error, host, is_write)
        except NodeError as error:
            fault = error
        raise unsure(fault, host) if sent.was_taken else fault from None

    def holding(self, custody: Custody) -> "Egress":
        """The same client for a call that knows secrets: each goes to its own hosts only."""
        held = self._again()
        held._custody = custody
        return held

    def at_depth(self, depth: int) -> "Egress":
        """The same client for a run that so many runs called one another to start: what it asks
        says so, that a circle through Maestro's own address ends (`maestro.loops`)."""
        if depth == self._depth:
            return self
        deeper = self._again()
        deeper._depth = depth
        return deeper

    def within(self, hosts: Collection[str]) -> "Egress":
        """The same client for a workspace that lets its skills reach these only; empty: any."""
        if not hosts:
            return self
        narrowed = self._again()
        narrowed.policy = self.policy.narrowed(hosts)
        return narrowed

    def _again(self) -> "Egress":
        self._client  # noqa: B018  # made now, so that both share it
        return copy(self)

    def client(self, *, headers: Mapping[str, str], max_bytes: int = MAX_BYTES) -> "Client":
        """For a library that speaks HTTP itself: judged alike, each answer bounded and unpacked by
        nobody. It is of one use; its connections are the shared ones."""
        self._request(
            "GET", "https://headers.invalid", None, headers, None, None
        )  # refuses bad ones
        return Client(self._let_pass, self._client._transport, headers, max_bytes)

    async def aclose(self) -> None:
        if "_client" in self.__dict__:
            await self._client.aclose()

    @cached_property
    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=Transport(self._judge),
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(SECONDS, connect=CONNECT_SECONDS, read=None, write=None),
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),  # shared by all workspaces
            headers={"user-agent": "Maestro", "accept-encoding": "gzip"},
        )

    def _request(
        self,
        method: str,
        url: str,
        query: Query | None,
        headers: Mapping[str, str] | None,
        json: Any,  # noqa: ANN401
        content: bytes | None,
    ) -> httpx.Request:
        if own := OWN_HEADERS & {name.lower() for name in headers or {}}:
            raise InvalidNodeInput(f"The header {own.pop()} cannot be set")
        try:
            place = checked(url)
            return self._client.build_request(
                method,
                place.copy_merge_params(query) if query else place,
                headers={**(headers or {}), DEPTH_HEADER: str(self._depth + 1)},
                json=json,
                content=content,
            )
        except (httpx.InvalidURL, UnicodeError, ValueError, TypeError):
            raise InvalidNodeInput("The URL, a header or the body cannot be sent") from None

    async def _follow(self, sent: Sent, max_bytes: int) -> Answer:
        """The answer at the end of the redirects; a body goes only where it was meant for."""
        request = sent.request
        for _ in range(sent.redirects + 1):
            async with self._sent(request) as response:
                hop = response.next_request if sent.redirects else None
                sent.was_taken |= sent.is_write and _may_have_acted(response, hop)
                if hop is None:
                    return await _read(response, max_bytes)
            checked(hop.url)
            if origin_of(hop.url) != origin_of(request.url):
                if "content-length" in hop.headers:
                    raise ServiceRefused(f"{request.url.host} sends the request's body elsewhere")
                hop.headers = httpx.Headers(
                    {k: v for k, v in hop.headers.items() if k in {*ANYWHERE_HEADERS, "host"}}
                )
            request = hop
        raise ServiceRefused(f"{request.url.host} redirects too often")

    async def _let_pass(self, request: httpx.Request) -> None:
        """What is judged of each request, because connections are shared by all workspaces."""
        origin = Origin.of(str(request.url))
        self.policy.refuse_outside(origin.host, origin.port)
        if self._custody is not None:
            self._custody.check(origin, await _whole(request))

    @asynccontextmanager
    async def _sent(self, request: httpx.Request) -> AsyncIterator[httpx.Response]:
        await self._let_pass(request)
        response = await self._client.send(request, stream=True)
        try:
            yield response
        finally:
            await response.aclose()


def _may_have_acted(response: httpx.Response, hop: httpx.Request | None) -> bool:
    """It says so, broke while it was at it, or sends on to a page about what it did: a redirect
    that keeps the method asks to be asked elsewhere instead."""
    if hop is not None:
        return hop.method != response.request.method
    return response.is_success or response.status_code in UNSURE_STATUS


async def _read(response: httpx.Response, limit: int) -> Answer:
    encoding = response.headers.get("content-encoding", "").strip().lower()
    body = await read_body(response.aiter_raw(), encoding, limit)
    return Answer(status=response.status_code, headers=dict(response.headers.items()), body=body)


async def _whole(request: httpx.Request) -> bytes:
    """All of a request in which a secret could stand."""
    headers = (part for pair in request.headers.raw for part in pair)
    return b"\n".join([str(request.url).encode(), *headers, await request.aread()])
