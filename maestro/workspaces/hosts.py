"""Hosts as people write them beside a secret: where its value may be sent."""

import re
from collections.abc import Iterable

from django.conf import settings

from maestro.errors import InvalidInput

MAX_HOSTS = 20
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


def _check(written: str) -> None:
    found = NAME.fullmatch(written)
    if found is None or len(written) > 253 or int(found["port"] or 443) > 65535:
        raise _refusal(f"{written[:80]} is not a host: write api.example.com, without a path.")
    if found["plain"] and found["host"] not in settings.MAESTRO_EGRESS_ALLOW:
        raise _refusal(f"{found['host']} is asked over TLS only: leave out http://.")


def _refusal(message: str) -> InvalidInput:
    return InvalidInput(message, fields={"hosts": [message]})
