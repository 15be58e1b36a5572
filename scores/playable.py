"""Which control nodes a run can play; a save refuses the others."""

from .document import NodeDocument

PLAYABLE = frozenset({"map_over", "branch", "gate", "parallel"})


def is_playable(node: NodeDocument) -> bool:
    """Whether the walk knows what to do with this node."""
    return node.kind != "control" or node.subkind in PLAYABLE
