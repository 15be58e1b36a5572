"""A real mail server on loopback that keeps what it is given."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.ports import free_port


class Postbox:
    """Takes every mail, except from and to addresses that ask for a certain answer."""

    def __init__(self) -> None:
        self.mails: list[Envelope] = []

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("nobody"):
            return "550 not one of ours"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("busy"):
            return "451 come back later"
        if address.startswith("nobody"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if b"spam" in (envelope.content or b""):
            return "554 no spam"
        self.mails.append(envelope)
        if b"hang up" in (envelope.content or b"") and server.transport:
            server.transport.close()
            await asyncio.sleep(0.1)
        return "250 OK"


def only_ada(
    server: SMTP, session: Session, envelope: Envelope, way: str, given: object
) -> AuthResult:
    good = isinstance(given, LoginPassword) and given == LoginPassword(b"ada@x.io", b"p@ss")
    return AuthResult(success=good, handled=False)


StartServer: TypeAlias = Callable[..., tuple[Postbox, str]]


@pytest.fixture
def start_server() -> Iterator[StartServer]:
    """Starts a mail server; gives its postbox and `host:port`."""
    running = []

    def start(**options: Any) -> tuple[Postbox, str]:
        postbox = Postbox()
        port = free_port()
        controller = Controller(
            postbox, hostname="127.0.0.1", port=port, ready_timeout=60, **options
        )
        controller.start()
        running.append(controller)
        return postbox, f"127.0.0.1:{port}"

    yield start
    for controller in running:
        controller.stop()
