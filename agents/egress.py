"""The one way out to the network: every skill's HTTP goes through it, and nothing else speaks HTTP.

What is judged is the address that is really connected to, for each hop anew: a name is resolved
once, judged, and the connection goes to that number under the name's own certificate.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping
from contextlib import asynccontextmanager
from copy import copy
from functools import cached_property
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, TypeAlias

import certifi
import httpcore2 as httpcore
import httpx2 as httpx
from django.conf import settings

from agents.addresses import Policy
from agents.answer import Answer, read_body, refusal
from agents.custody import Custody, Origin
from maestro.errors import (
    EgressRefused,
    InvalidNodeInput,
    NodeError,
    OutcomeUnknown,
    ServiceRefused,
    TimedOut,
    Unavailable,
)

Resolve: TypeAlias = Callable[[str, int], Awaitable[list[str]]]
Query: TypeAlias = Mapping[str, Any]

MAX_REDIRECTS = 5
MAX_BYTES = 8 * 1024 * 1024
MAX_URL = 8 * 1024
SECONDS = 30
CONNECT_SECONDS = 10
IDLE_SECONDS = 5  # kept short: a POST on a line that the far end just closed is a lost POST
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
OWN_HEADERS = {"connection", "content-length", "host", "te", "transfer-encoding", "upgrade"}
ANYWHERE_HEADERS = {"accept", "accept-language", "user-agent"}


class Egress:
    """One client for one event loop; all skills share its connections. Close it with `aclose`."""

    def __init__(self, policy: Policy, resolve: Resolve | None = None) -> None:
        self.policy = policy  # for the ways out that are not HTTP, too
        self._judge = _Judge(policy, resolve or _resolve)
        self._custody: Custody | None = None

    @classmethod
    def from_settings(cls) -> "Egress":
        """With what the deployer allows and the far ends the deployer set."""
        ends = (
            settings.ANTHROPIC_BASE_URL,
            settings.GMAIL_API_URL,
            settings.APOLLO_API_URL,
            settings.TAVILY_API_URL,
        )
        return cls(Policy.of(settings.MAESTRO_EGRESS_ALLOW, ends))

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
    ) -> Answer:
        """Ask and read the whole answer; 2xx and `accept_status` come back, the rest are errors.

        EgressRefused, InvalidNodeInput: nothing was sent. ServiceRefused, RateLimited (with
        `retry_after` seconds), Unavailable, TimedOut: it did not work. OutcomeUnknown: a write
        (by default, every method but GET, HEAD and OPTIONS) that may or may not have worked.
        """
        is_write = method not in SAFE_METHODS if is_write is None else is_write
        request = self._request(method, url, query, headers, json, content)
        try:
            async with asyncio.timeout(seconds):
                answer = await self._follow(request, max_bytes)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, TimeoutError) as error:
            raise _failure(error, request.url.host, is_write) from None
        if not (200 <= answer.status < 300 or answer.status in accept_status):
            raise refusal(answer, request.url.host, is_write)
        return answer

    def holding(self, custody: Custody) -> "Egress":
        """The same client for a call that knows secrets: each goes to its own hosts only."""
        self._client  # noqa: B018  # made now, so that both share it
        held = copy(self)
        held._custody = custody
        return held

    async def aclose(self) -> None:
        if "_client" in self.__dict__:
            await self._client.aclose()

    @cached_property
    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=_Transport(self._judge),
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
            place = _checked(url)
            return self._client.build_request(
                method,
                place.copy_merge_params(query) if query else place,
                headers=headers,
                json=json,
                content=content,
            )
        except (httpx.InvalidURL, UnicodeError, ValueError, TypeError):
            raise InvalidNodeInput("The URL, a header or the body cannot be sent") from None

    async def _follow(self, request: httpx.Request, max_bytes: int) -> Answer:
        """The answer at the end of the redirects; a body goes only where it was meant for."""
        for _ in range(MAX_REDIRECTS + 1):
            async with self._sent(request) as response:
                hop = response.next_request
                if hop is None:
                    return await _read(response, max_bytes)
            _checked(hop.url)
            if _origin(hop.url) != _origin(request.url):
                if "content-length" in hop.headers:
                    raise ServiceRefused(f"{request.url.host} sends the request's body elsewhere")
                hop.headers = httpx.Headers(
                    {k: v for k, v in hop.headers.items() if k in {*ANYWHERE_HEADERS, "host"}}
                )
            request = hop
        raise ServiceRefused(f"{request.url.host} redirects too often")

    async def _keep_secrets_home(self, request: httpx.Request) -> None:
        if self._custody is not None:
            self._custody.check(Origin.of(str(request.url)), await _whole(request))

    @asynccontextmanager
    async def _sent(self, request: httpx.Request) -> AsyncIterator[httpx.Response]:
        await self._keep_secrets_home(request)
        response = await self._client.send(request, stream=True)
        try:
            yield response
        finally:
            await response.aclose()


class _Transport(httpx.AsyncHTTPTransport):
    """httpx's own, on a pool whose connections are opened by the judge."""

    def __init__(self, judge: "_Judge") -> None:
        context = ssl.create_default_context(cafile=certifi.where())
        context.load_default_certs()
        super().__init__(verify=context, trust_env=False)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context,
            max_connections=100,
            max_keepalive_connections=20,
            keepalive_expiry=IDLE_SECONDS,
            network_backend=judge,
        )


class _Judge(httpcore.AsyncNetworkBackend):
    """Opens connections: resolves, judges, and connects to what it judged."""

    def __init__(self, policy: Policy, resolve: Resolve) -> None:
        self._policy, self._resolve = policy, resolve
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        addresses = await self._resolve(host, port)
        self._policy.judge(host, port, addresses)
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in addresses:
            try:
                return await self._inner.connect_tcp(address, port, timeout)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.AsyncNetworkStream:
        raise EgressRefused("Skills reach no sockets of this machine")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


async def _resolve(host: str, port: int) -> list[str]:
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(str(error)) from None
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


async def _read(response: httpx.Response, limit: int) -> Answer:
    encoding = response.headers.get("content-encoding", "").strip().lower()
    body = await read_body(response.aiter_raw(), encoding, limit)
    return Answer(status=response.status_code, headers=dict(response.headers.items()), body=body)


def _checked(url: str | httpx.URL) -> httpx.URL:
    """The URL as it will be sent, or a refusal of one that could be read in two ways."""
    if isinstance(url, str) and ("\\" in url or not url.isprintable() or " " in url):
        raise InvalidNodeInput("The URL holds a character that must be escaped")
    url = httpx.URL(url)
    if url.scheme not in ("http", "https") or not url.host:
        raise EgressRefused("Skills reach only http:// and https:// addresses")
    if url.userinfo:
        raise EgressRefused("A name or password in a URL is refused", host=url.host)
    if len(str(url)) > MAX_URL:
        raise InvalidNodeInput(f"A URL has at most {MAX_URL:,} characters")
    return url


async def _whole(request: httpx.Request) -> bytes:
    """All of a request in which a secret could stand."""
    headers = (part for pair in request.headers.raw for part in pair)
    return b"\n".join([str(request.url).encode(), *headers, await request.aread()])


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _failure(error: Exception, host: str, is_write: bool) -> NodeError:
    """What a transport's error means to a node; it names the host only: the rest may be secret."""
    match error:
        case httpx.LocalProtocolError() | httpx.InvalidURL():
            return InvalidNodeInput("The URL, a header or the body cannot be sent")
        case httpx.ConnectError() if _is_about_trust(error):
            return ServiceRefused(f"{host} has no certificate that can be trusted", host=host)
        case httpx.ConnectError() | httpx.ConnectTimeout() | httpx.PoolTimeout():
            return Unavailable(f"{host} cannot be reached", host=host)
    if is_write:
        return OutcomeUnknown(f"{host} fell silent after it was asked to act", host=host)
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return TimedOut(f"{host} took too long", host=host)
    return Unavailable(f"{host} broke off its answer", host=host)


def _is_about_trust(error: BaseException | None) -> bool:
    while error is not None and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__ or error.__context__
    return error is not None
