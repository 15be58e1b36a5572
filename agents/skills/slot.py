"""A secret that a skill asks for, where it may be sent, and how one finds out whether it works."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from agents.skills.context import Context

Probe: TypeAlias = Callable[["Context", str], Awaitable[str]]


@dataclass(frozen=True)
class Slot:
    """`hosts` take it over TLS, at port 443 unless they name another (`api.example.com:8443`).

    `setting` is the deployer's stand-in for the service, which takes it as well. Without either
    the slot's secret goes nowhere, unless the vault says where it may go. `is_optional`: what asks for it
    works without, too. `probe` asks the service whether it takes the secret and changes nothing there:
    it is given a context and the slot's name, answers what else it learned in a sentence (or ""),
    and raises ServiceRefused or MissingSecret for a secret that does not work.
    """

    name: str
    hosts: tuple[str, ...] = ()
    setting: str = ""
    is_optional: bool = False
    probe: Probe | None = field(default=None, compare=False)
