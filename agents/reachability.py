"""What of an address can be said when it is written down, long before it is asked."""

import socket
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings

from agents.addresses import DEFAULT_PORTS, Policy
from maestro.errors import EgressRefused, InvalidInput

if TYPE_CHECKING:  # skills are tested without an installation, and ask by way of this
    from maestro.workspaces.models import Workspace

DNS_SECONDS = 2
MEND = "Whoever deploys Maestro can allow a host by MAESTRO_EGRESS_ALLOW."


def deployed_policy() -> Policy:
    """What the deployer allows, and the far ends the deployer set."""
    ends = (
        settings.ANTHROPIC_BASE_URL,
        settings.GMAIL_API_URL,
        settings.APOLLO_API_URL,
        settings.TAVILY_API_URL,
    )
    return Policy.of(settings.MAESTRO_EGRESS_ALLOW, ends)


def refuse_as_written(url: str, workspace: "Workspace", *, field: str = "url") -> None:
    """InvalidInput at `field` for an address that would be refused whatever DNS says; what passes
    is judged again at each use."""
    host, port = _place(url)
    try:
        _policy_of(workspace).judge(host, port, _numbers(host))
    except EgressRefused as refusal:
        told = _told(refusal)
    except UnicodeError:
        told = f"{host[:80]} cannot be the name of a host."
    else:
        return
    raise InvalidInput(f"{field}: {told}", fields={field: [told]})


def doubt_about(url: str, workspace: "Workspace") -> str:
    """Why the address would be refused as DNS has its name now; empty: it would not, or DNS does
    not say within two seconds."""
    host, port = _place(url)
    pool = ThreadPoolExecutor(1)
    try:
        numbers = pool.submit(_asked, host, port).result(DNS_SECONDS)
        _policy_of(workspace).judge(host, port, numbers)
    except EgressRefused as refusal:
        return f"{_told(refusal)} It is kept, and judged anew at each use."
    except socket.gaierror as error:
        unknown = error.errno in (socket.EAI_NONAME, socket.EAI_NODATA)
        return f"{host} has no address now. It is kept, and looked up at each use." * unknown
    except (TooLate, UnicodeError, OSError):
        return ""
    finally:
        pool.shutdown(wait=False)
    return ""


def _policy_of(workspace: "Workspace") -> Policy:
    return deployed_policy().narrowed(workspace.egress_hosts)


def _place(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or DEFAULT_PORTS[parts.scheme]


def _numbers(host: str) -> list[str]:
    """What needs no asking: a number in any of its spellings, and this machine's own names.

    UnicodeError for what no name can be: an empty part, or one of over 63 letters.
    """
    name = host.lower().rstrip(".").partition("%")[0]
    if name == "localhost" or name.endswith(".localhost"):
        return ["127.0.0.1"]
    try:
        found = socket.getaddrinfo(name, None, flags=socket.AI_NUMERICHOST)
    except OSError:
        return []
    return [str(address[0]) for *_, address in found]


def _asked(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def _told(refusal: EgressRefused) -> str:
    mend = f" {MEND}" if "private" in refusal.message else ""
    return f"{refusal.message}.{mend}"
