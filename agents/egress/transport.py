"""Connections: opened to what was judged, and to nothing else."""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeAlias

import certifi
import httpcore2 as httpcore
import httpx2 as httpx

from agents.addresses import Policy
from maestro.errors import EgressRefused

Resolve: TypeAlias = Callable[[str, int], Awaitable[list[str]]]

IDLE_SECONDS = 5  # kept short: a POST on a line that the far end just closed is a lost POST


class Transport(httpx.AsyncHTTPTransport):
    """httpx's own, on a pool whose connections are opened by the judge."""

    def __init__(self, judge: "Judge") -> None:
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


class Judge(httpcore.AsyncNetworkBackend):
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


async def system_resolve(host: str, port: int) -> list[str]:
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(str(error)) from None
    return list(dict.fromkeys(str(address[0]) for *_, address in found))
