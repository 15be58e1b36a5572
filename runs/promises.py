"""How often a node's effect happens: what its operation guarantees, as far as it is installed."""

from agents.skills import registry
from agents.skills.guarantee import Guarantee
from maestro.errors import UnknownOperation


def guarantee_of(operation: str) -> Guarantee | None:
    """None for what changes nothing, is no operation ("", `agent:sorter`), or is not there any more."""
    skill, dot, name = operation.partition(".")
    if not dot:
        return None
    try:
        return registry.find(skill, name).guarantee()
    except UnknownOperation:
        return None
