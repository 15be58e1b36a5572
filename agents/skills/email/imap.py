"""A mailbox over IMAP: connected to the address that was judged, refusals in our words.

RFC 9051 (IMAP4rev2) for commands and keywords; `imap-tools` speaks it.
"""

import imaplib
import json
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from imap_tools import (
    BaseMailBox,
    ImapToolsError,
    MailboxFlagError,
    MailboxFolderSelectError,
    MailboxLoginError,
)
from imap_tools.utils import check_command_status
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agents.addresses import Policy
from agents.skills.operation import places
from maestro.errors import InvalidNodeInput, MissingSecret, ServiceRefused, TimedOut, Unavailable

SECONDS = 30
PORTS = frozenset({143, 993})


class Account(BaseModel):
    """What the secret says. `tls` false is for a server of the deployer's own network."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    host: str = Field(min_length=1, max_length=253)
    user: str = Field(min_length=1)
    password: str = Field(min_length=1)
    port: int = Field(993, ge=1, le=65535)
    tls: bool = True

    @classmethod
    def read(cls, text: str, slot: str) -> "Account":
        """MissingSecret says what is wrong with it, and nothing of what is in it."""
        try:
            return cls.model_validate(json.loads(text))
        except ValidationError as error:
            faults = ", ".join(f"{fault['place']}: {fault['message']}" for fault in places(error))
        except ValueError:
            faults = "it is no JSON"
        message = f'The secret {slot} is like {{"host": …, "user": …, "password": …}}; {faults}'
        raise MissingSecret(message, slot=slot)


@contextmanager
def open_mailbox(account: Account, folder: str, policy: Policy) -> Iterator[BaseMailBox]:
    """Signed in, with the folder chosen.

    EgressRefused for an address that skills may not reach; ServiceRefused, Unavailable, TimedOut.
    """
    try:
        mailbox = _Mailbox(account, _judged_address(account, policy))
        try:
            mailbox.login(account.user, account.password, None)
            mailbox.folder.set(folder)
            yield mailbox
        finally:
            with suppress(ImapToolsError, imaplib.IMAP4.error, OSError):
                mailbox.logout()
    except MailboxLoginError:  # its text is the server's and may repeat what was sent
        raise ServiceRefused("The mailbox refuses the sign-in") from None
    except MailboxFolderSelectError:
        raise InvalidNodeInput(f"The mailbox has no folder {folder!r}") from None
    except ssl.SSLError as error:
        raise ServiceRefused(f"The mail server cannot be trusted: {error.reason}") from None
    except TimeoutError:
        raise TimedOut(f"The mail server did not answer within {SECONDS} seconds") from None
    except (imaplib.IMAP4.abort, OSError) as error:
        raise Unavailable(f"The mail server cannot be reached: {type(error).__name__}") from None
    except (ImapToolsError, imaplib.IMAP4.error):
        raise ServiceRefused("The mail server refuses what it was asked") from None


def store(mailbox: BaseMailBox, uids: list[str], change: str, flags: list[str]) -> None:
    """Change flags, and nothing else: the library's own way expunges the folder afterwards, and with
    it whatever somebody has marked as deleted."""
    answer = mailbox.client.uid("STORE", ",".join(uids), change, f"({' '.join(flags)})")
    check_command_status(answer, MailboxFlagError)


class _Mailbox(BaseMailBox):
    def __init__(self, account: Account, address: str) -> None:
        self._account, self._address = account, address
        super().__init__()

    def _get_mailbox_client(self) -> imaplib.IMAP4:
        kind = _Encrypted if self._account.tls else _Plain
        return kind(self._account, self._address)


class _Plain(imaplib.IMAP4):
    """Connects to a number, not to a name that may have got another one meanwhile."""

    def __init__(self, account: Account, address: str) -> None:
        self._address = address
        super().__init__(account.host, account.port, SECONDS)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        return socket.create_connection((self._address, self.port), timeout)


class _Encrypted(imaplib.IMAP4_SSL):
    """The same under the certificate of the name."""

    def __init__(self, account: Account, address: str) -> None:
        self._address = address
        trusted = ssl.create_default_context()
        super().__init__(account.host, account.port, ssl_context=trusted, timeout=SECONDS)

    def _create_socket(self, timeout: float | None) -> ssl.SSLSocket:
        plain = socket.create_connection((self._address, self.port), timeout)
        context: ssl.SSLContext = self.ssl_context
        return context.wrap_socket(plain, server_hostname=self.host)


def _judged_address(account: Account, policy: Policy) -> str:
    try:
        found = socket.getaddrinfo(account.host, account.port, type=socket.SOCK_STREAM)
    except socket.gaierror:
        raise Unavailable(f"There is no host {account.host}") from None
    addresses = [str(each[4][0]) for each in found]
    policy.judge(account.host, account.port, addresses, PORTS)
    if not account.tls and account.host.lower() not in policy.hosts:
        message = f"{account.host} may be reached without TLS only if MAESTRO_EGRESS_ALLOW names it"
        raise ServiceRefused(message)
    return addresses[0]
