"""A graph's content hash: equal for graphs that play alike, wherever they are kept and drawn."""

import hashlib
from collections.abc import Mapping

from agents.skills.outcome import canonical

from .document import JSON, GraphDocument, NodeDocument


def content_hash(document: GraphDocument, slugs: Mapping[str, str]) -> str:
    """SHA-256 (hex) of the canonical JSON of nodes and edges.

    Positions and the message are left out; `slugs` gives the slug of every agent and subscore id.
    """
    edges = [edge.model_dump(by_alias=True) for edge in document.normalised().edges]
    content = {"nodes": [_node(node, slugs) for node in document.nodes], "edges": edges}
    return hashlib.sha256(canonical(_plain(content)).encode()).hexdigest()


def _node(node: NodeDocument, slugs: Mapping[str, str]) -> JSON:
    content = node.model_dump(exclude={"position", "agent_id", "subscore_id"})
    agent = slugs[node.agent_id] if node.agent_id else None
    subscore = slugs[node.subscore_id] if node.subscore_id else None
    return content | {"agent": agent, "subscore": subscore}


def _plain(value: object) -> object:
    """JSON in which 2.0 is 2: browsers and databases do not tell them apart."""
    match value:
        case dict():
            return {key: _plain(inner) for key, inner in value.items()}
        case list():
            return [_plain(inner) for inner in value]
        case float() if value.is_integer():
            return int(value)
        case _:
            return value
