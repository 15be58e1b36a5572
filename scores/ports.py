"""By which ports a node can be left."""

from agents.skills.registry import find

from .configs import BranchConfig, ParallelConfig, config_of
from .document import ITEM, ON_ERROR, SUCCESS, NodeDocument


def ports_of(node: NodeDocument) -> tuple[str, ...]:
    """Every port an edge may leave by: the node's own ones, then `on_error`.

    Raises UnknownOperation, or pydantic's ValidationError for a config that does not fit.
    """
    return (*own_ports(node), ON_ERROR)


def own_ports(node: NodeDocument) -> tuple[str, ...]:
    """The ports a node chooses from when it succeeds; `item` of a map counts."""
    if node.kind == "deterministic":
        return find(node.skill, node.operation).ports
    if node.subkind == "map_over":
        return (ITEM, SUCCESS)
    if node.subkind == "gate":
        return ("approved", "refused", "expired")
    config = config_of(node)
    if isinstance(config, BranchConfig):
        return tuple(dict.fromkeys([*(case.port for case in config.conditions), config.else_port]))
    if isinstance(config, ParallelConfig):
        return tuple(config.branches)
    return (SUCCESS,)
