"""A secret that a skill asks for, and where it may be sent."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Slot:
    """`hosts` take it over TLS, at port 443 unless they name another (`api.example.com:8443`).

    `setting` is the deployer's stand-in for the service, which takes it as well. Without either
    the slot's secret goes nowhere, unless the vault says where it may go. `is_optional`: what asks for it
    works without, too.
    """

    name: str
    hosts: tuple[str, ...] = ()
    setting: str = ""
    is_optional: bool = False
