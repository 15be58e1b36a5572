"""Which nodes of a graph may change something, outside or in Maestro's own tables."""

from typing import Any

from agents.skills import registry
from maestro.errors import UnknownOperation
from scores.document import GraphDocument, NodeDocument

JSON = dict[str, Any]


def writing_nodes(document: GraphDocument, pins: JSON) -> set[str]:
    """By the declared effect of their operation, or of the tools pinned to their agent.

    An operation that is gone counts as one that writes, and so does whatever a subscore holds.
    """
    return {node.key for node in document.nodes if _writes(node, pins.get("agents", {}))}


def _writes(node: NodeDocument, agents: JSON) -> bool:
    if node.subkind == "subscore":
        return True
    if node.kind == "deterministic":
        return changes_something(f"{node.skill}.{node.operation}")
    return agent_writes(agents.get(node.key, {}))


def agent_writes(pinned: JSON) -> bool:
    """Whether a pinned agent, or one it may call, has a tool that writes."""
    tools, helpers = pinned.get("tools", []), pinned.get("agents", {})
    return any(map(changes_something, tools)) or any(map(agent_writes, helpers.values()))


def changes_something(operation: str) -> bool:
    """Whether this operation (`skill.name`) writes, as far as anybody knows."""
    try:
        return not registry.find(*operation.split(".", 1)).happens_in("plan")
    except UnknownOperation:
        return True
