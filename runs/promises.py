"""How often a node's effect happens: what its operation guarantees, as far as it is installed."""

from agents.skills import registry
from agents.skills.guarantee import Guarantee
from maestro.errors import UnknownOperation


def guarantee_of(operation: str) -> Guarantee | None:
    """None for what changes nothing, is no operation (""), or is not installed any more."""
    if not operation:
        return None
    try:
        return registry.find(*operation.split(".", 1)).guarantee()
    except UnknownOperation:
        return None
