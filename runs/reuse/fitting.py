"""What of a run's records still fits another graph: nodes that would be given, and do, the same. Pure."""

from typing import Any

from scores.document import GraphDocument
from scores.downstream import before

JSON = dict[str, Any]
APART = {
    "label",
    "position",
    "retry",
    "timeout_seconds",
}  # of a node, nothing to do with its answer


def changed_before(played: GraphDocument, document: GraphDocument, key: str) -> list[str]:
    """The nodes before `key` in `document` that `played` has otherwise or not at all, in its order."""
    earlier = before(document, key)
    was, now = _told(played), _told(document)
    return [
        one.key for one in document.nodes if one.key in earlier and was.get(one.key) != now[one.key]
    ]


def _told(document: GraphDocument) -> dict[str, JSON]:
    """By key, what decides a node's answer: what it says, and what leads to it in which order."""
    told: dict[str, JSON] = {}
    for node in document.nodes:
        config = {name: value for name, value in node.config.items() if name != "ends"}
        told[node.key] = {**node.model_dump(exclude=APART), "config": config, "into": []}
    for edge in document.ordered_edges():
        if edge.target in told:
            renames = edge.transform or {}
            told[edge.target]["into"].append((edge.source, edge.from_port, renames))
    return told
