"""Where the secrets that a call knows may go: each to its own hosts, and nowhere else."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from agents.addresses import DEFAULT_PORTS
from agents.masking import Mask
from maestro.errors import EgressRefused


class Origin(NamedTuple):
    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, text: str) -> "Origin":
        """Of a URL, or of a host with or without a port, which then is one behind TLS."""
        parts = urlsplit(text if "://" in text else f"https://{text}")
        port = parts.port or DEFAULT_PORTS[parts.scheme]
        return cls(parts.scheme, (parts.hostname or "").lower(), port)


class Custody:
    """The secrets of one call, with the mask that keeps them out of what comes of it.

    What was had in exchange for a secret (`conceal`) goes where that one may go.
    """

    def __init__(self, values: Mapping[str, str], homes: Mapping[str, Iterable[Origin]]) -> None:
        self.mask = Mask(values)
        self._homes = {slot: frozenset(origins) for slot, origins in homes.items()}

    def conceal(self, slot: str, value: str) -> None:
        self.mask.add(slot, value)

    def check(self, origin: Origin, sent: bytes) -> None:
        """EgressRefused when `sent`, the whole of a request, holds a secret of another place."""
        for slot in self.mask.slots_in(sent.decode(errors="replace")):
            homes = self._homes.get(slot, frozenset())
            if origin not in homes:
                raise EgressRefused(_why(slot, origin, homes), host=origin.host, slot=slot)


def _why(slot: str, origin: Origin, homes: frozenset[Origin]) -> str:
    if not homes:
        return (
            f"Nothing says where the secret in the slot {slot} may be sent: name its hosts in the "
            "vault."
        )
    known = ", ".join(sorted(f"{home.scheme}://{home.host}:{home.port}" for home in homes))
    asked = f"{origin.scheme}://{origin.host}:{origin.port}"
    return f"The secret in the slot {slot} may be sent to {known}, not to {asked}."
