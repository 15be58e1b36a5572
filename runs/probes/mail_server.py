"""Testing the deployer's mail server: signed in to as before a mail, which is not sent."""

from dataclasses import dataclass

from agents.skills.email.operations import NO_SENDER
from agents.skills.email.smtp import Server, try_server
from maestro.errors import NodeError, NotFound, Unavailable
from maestro.workspaces.audit import record
from maestro.workspaces.models import TestOutcome, Workspace

from .alone import alone


@dataclass(frozen=True)
class MailTest:
    """What came of it; `server` is `host:port`."""

    server: str
    outcome: TestOutcome
    message: str


def try_mail_server(workspace: Workspace, *, by: str) -> MailTest:
    """NotFound without one; Conflict while it is being tested. The audit log alone remembers."""
    server = Server.deployed()
    if server is None:
        raise NotFound("MAESTRO_SMTP_URL is not set: mails are kept, not sent.")
    with alone("mail server", "The mail server"):
        test = _tried(server)
    told = {"server": test.server, "outcome": test.outcome.value}
    record(workspace, by, "mail_server.tested", workspace, told)
    return test


def _tried(server: Server) -> MailTest:
    try:
        try_server(server)
    except NodeError as error:
        away = isinstance(error, Unavailable)
        outcome = TestOutcome.UNREACHABLE if away else TestOutcome.REFUSED
        return MailTest(str(server), outcome, f"{error.message.rstrip('.')}.")
    return MailTest(str(server), TestOutcome.WORKS, _good(server))


def _good(server: Server) -> str:
    signed = "It takes the sign-in" if server.user else "It answers; the URL names no user"
    way = "over TLS" if server.tls or server.starttls else "without encryption"
    sender = f"sender {server.sender}" if server.sender else f"no sender: mails say {NO_SENDER}"
    return f"{signed}, {way}; {sender}."
