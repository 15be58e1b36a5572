"""Hosts as people write them: where a secret may be sent, what a workspace's skills may reach."""

import re
from collections.abc import Iterable

from django.conf import settings

from maestro.errors import InvalidInput

MAX_HOSTS = 20
MAX_REACH = 200
NAME = re.compile(
    r"(?P<plain>http://)?(?P<host>[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*)"
    r"(:(?P<port>[0-9]{1,5}))?"
)


def checked_hosts(written: Iterable[str]) -> list[str]:
    """The hosts in small letters, each once: `api.example.com`, `api.example.com:8443`.

    `http://host` sends the value unencrypted, so it is taken only of a host that the deployer
    allows (`MAESTRO_EGRESS_ALLOW`). InvalidInput for all else.
    """
    hosts = list(dict.fromkeys(host.strip().lower() for host in written if host.strip()))
    if len(hosts) > MAX_HOSTS:
        raise _refusal(f"At most {MAX_HOSTS} hosts.")
    for host in hosts:
        _check(host)
    return hosts


def checked_reach(written: object) -> list[str]:
    """The hosts in small letters, each once: `api.example.com`, `*.example.com` for all below one.

    InvalidInput for all else.
    """
    if not isinstance(written, list) or not all(isinstance(host, str) for host in written):
        raise InvalidInput('Write a list of hosts: ["api.example.com"].')
    hosts = list(dict.fromkeys(host.strip().lower() for host in written if host.strip()))
    if len(hosts) > MAX_REACH:
        raise InvalidInput(f"At most {MAX_REACH} hosts.")
    for host in hosts:
        found = NAME.fullmatch(host.removeprefix("*."))
        if found is None or found["plain"] or found["port"] or len(host) > 253:
            raise InvalidInput(
                f"{host[:80]} is not a host: write api.example.com or *.example.com, without "
                "scheme, port and path."
            )
    return hosts


def _check(written: str) -> None:
    found = NAME.fullmatch(written)
    if found is None or len(written) > 253 or int(found["port"] or 443) > 65535:
        raise _refusal(f"{written[:80]} is not a host: write api.example.com, without a path.")
    if found["plain"] and found["host"] not in settings.MAESTRO_EGRESS_ALLOW:
        raise _refusal(f"{found['host']} is asked over TLS only: leave out http://.")


def _refusal(message: str) -> InvalidInput:
    return InvalidInput(message, fields={"hosts": [message]})
