"""The one way out to the network: every skill's HTTP goes through it, and nothing else speaks HTTP.

What is judged is the address that is really connected to, for each hop anew: a name is resolved
once, judged, and the connection goes to that number under the name's own certificate.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .way_out import Egress, Query

__all__ = ["Egress", "Query", "open_way_out"]


def open_way_out() -> "Egress":
    """As the deployer's settings allow; for those who must not load an HTTP client before they
    use one, as every command does that loads the admin's pages."""
    opened: Egress = import_module("agents.egress.way_out").Egress.from_settings()
    return opened


def __getattr__(name: str) -> object:
    if name in __all__:
        return getattr(import_module("agents.egress.way_out"), name)
    raise AttributeError(name)
