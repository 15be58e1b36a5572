"""Handing one mail to a mail server, and saying for sure what became of it."""

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings

from maestro.errors import NodeError, OutcomeUnknown, ServiceRefused, Unavailable

ANSWER_SECONDS = 30
TEST_SECONDS = 10


@dataclass(frozen=True, kw_only=True)
class Server:
    """Read from `smtp://user:password@host:port?starttls&from=me@example.com` (or `smtps://`)."""

    host: str
    port: int
    user: str
    password: str
    tls: bool
    starttls: bool
    sender: str | None

    @classmethod
    def deployed(cls) -> "Server | None":
        """The deployer's; None: there is none, and mails are kept."""
        return cls.from_url(settings.MAESTRO_SMTP_URL) if settings.MAESTRO_SMTP_URL else None

    @classmethod
    def from_url(cls, url: str) -> "Server":
        parts = urlsplit(url)
        options = parse_qs(parts.query, keep_blank_values=True)
        tls, starttls = parts.scheme == "smtps", "starttls" in options
        user = unquote(parts.username or "")
        return cls(
            host=parts.hostname or "",
            port=parts.port or (465 if tls else 587 if starttls else 25),
            user=user,
            password=unquote(parts.password or ""),
            tls=tls,
            starttls=starttls,
            sender=options.get("from", [user if "@" in user else None])[0],
        )

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def try_server(server: Server) -> None:
    """Sign in and name the sender, as before a mail; then leave without one.

    Unavailable: it cannot be reached. ServiceRefused: it does not take us, and why.
    """
    with _not_taken(), _signed_in(server, TEST_SECONDS) as client:
        if server.sender:
            _expect(client.mail(server.sender), "the sender")
            client.rset()


def deliver(mail: EmailMessage, recipients: list[str], server: Server) -> None:
    """Hand the mail over, to all recipients or to none.

    Unavailable and ServiceRefused mean that it was not taken; OutcomeUnknown, that the server
    fell silent after it had the text.
    """
    with _not_taken(), _signed_in(server, ANSWER_SECONDS) as client:
        _expect(client.mail(mail["From"]), "the sender")
        for address in recipients:
            _expect(client.rcpt(address), f"the recipient {address}")
        try:
            answer = client.data(mail.as_bytes())
        except smtplib.SMTPDataError as error:
            raise _refusal((error.smtp_code, error.smtp_error), "the mail") from None
        except (smtplib.SMTPException, OSError):
            message = "The mail server fell silent while it took the mail: it may be on its way"
            raise OutcomeUnknown(message) from None
        _expect(answer, "the mail")


@contextmanager
def _signed_in(server: Server, seconds: float) -> Iterator[smtplib.SMTP]:
    """A connection, encrypted and signed in as the URL says; its end is not the mail's business."""
    context = ssl.create_default_context() if server.tls or server.starttls else None
    client = (
        smtplib.SMTP_SSL(server.host, server.port, timeout=seconds, context=context)
        if server.tls
        else smtplib.SMTP(server.host, server.port, timeout=seconds)
    )
    try:
        if server.starttls:
            client.starttls(context=context)
        client.ehlo_or_helo_if_needed()
        if server.user:
            client.login(server.user, server.password)
        yield client
    finally:
        with suppress(smtplib.SMTPException, OSError):
            client.quit()


@contextmanager
def _not_taken() -> Iterator[None]:
    """Everything that goes wrong before the text is handed over."""
    try:
        yield
    except smtplib.SMTPAuthenticationError as error:
        # Its text is the server's and may repeat what was sent.
        raise _kind(error.smtp_code)("The mail server refused the sign-in") from None
    except smtplib.SMTPResponseException as error:
        raise _refusal((error.smtp_code, error.smtp_error), "to talk to us") from None
    except smtplib.SMTPNotSupportedError as error:
        raise ServiceRefused(f"The mail server cannot do this: {error}") from None
    except ssl.SSLError as error:
        raise ServiceRefused(_untrusted(error)) from None
    except ValueError:  # its text may be the password
        message = "User, password and sender must be ASCII without line breaks"
        raise ServiceRefused(f"The mail server cannot be told who we are: {message}") from None
    except (smtplib.SMTPServerDisconnected, OSError) as error:
        raise Unavailable(f"The mail server cannot be reached: {_away(error)}") from None
    except smtplib.SMTPException:
        message = "The mail server offers no way to sign in that we know"
        raise ServiceRefused(message) from None


def _untrusted(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"The mail server cannot be trusted: {error.verify_message}"
    if error.reason == "WRONG_VERSION_NUMBER":
        return "The mail server speaks no TLS from the start: try smtp://…?starttls"
    return f"The mail server cannot be trusted: {error.reason}"


def _away(error: Exception) -> str:
    if isinstance(error, socket.gaierror):
        return "its name has no address"
    if isinstance(error, ConnectionRefusedError):
        return "nothing listens at that port"
    if isinstance(error, TimeoutError):
        return "no answer came"
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return "it fell silent or hung up; port 465 wants smtps://"
    return type(error).__name__


def _expect(answer: tuple[int, bytes], what: str) -> None:
    if not 200 <= answer[0] < 300:
        raise _refusal(answer, what)


def _refusal(answer: tuple[int, bytes | str], what: str) -> NodeError:
    code, text = answer
    said = text.decode(errors="replace") if isinstance(text, bytes) else text
    return _kind(code)(f"The mail server refused {what}: {code} {said[:200]}", status=code)


def _kind(code: int) -> type[NodeError]:
    """5xx is for good; 4xx asks to come again later, and what is no code at all (-1) is a fault."""
    return ServiceRefused if code >= 500 else Unavailable
