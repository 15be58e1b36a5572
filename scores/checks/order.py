"""Can the graph be walked: no circle without a limit, no edge across a body's border the wrong way?"""

from collections.abc import Iterator, Mapping
from typing import Any

from maestro.errors import InvalidScore
from scores.configs import config_of
from scores.document import ITEM, EdgeDocument, GraphDocument, NodeDocument
from scores.graph import Graph, maps_around, owners_of

from .issue import Issue, Words, error, words

Owners = Mapping[str, str | None]


def check_order(document: GraphDocument) -> Iterator[Issue]:
    """For documents whose edges and bodies name known nodes only."""
    owners = owners_of(document.nodes)
    crossings = [issue for edge in document.edges for issue in _check_border(edge, owners)]
    if crossings:
        yield from crossings
        return
    try:
        graph = Graph.of(document)
    except InvalidScore as refusal:
        way: Any = refusal.details.get("cycle")
        at = next((node for node in document.nodes if way and node.key == way[0]), None)
        yield error("cycle", _mended(refusal) if way else str(refusal), at)
        return
    for node in document.nodes:
        yield from _check_arrivals(node, graph)


def _mended(refusal: InvalidScore) -> Words:
    return words(
        "{fault} Take one of these edges out, or say at the node where it begins how often it may be "
        "passed ({setting}).",
        fault=str(refusal), setting="config.max_passes",
    )  # fmt: skip


def _check_arrivals(node: NodeDocument, graph: Graph) -> Iterator[Issue]:
    owner = graph.owner_of(node.key)
    edges = graph.scope(owner).into[node.key]
    if owner is not None and not edges:
        message = f"Only edges that lead back reach {node.key} in the body of {owner}; draw one from its port item."
        yield error("unreached_body_node", message, node)
    join = config_of(node).join
    if isinstance(join, int) and join > len(edges):
        said = words(
            "{node} waits for {wanted} edges to deliver, but {count} can; draw more, or ask for fewer "
            "in {setting}.",
            node=node.key, wanted=str(join), count=str(len(edges)), setting="config.join",
        )  # fmt: skip
        yield error("impossible_join", said, node)


def _check_border(edge: EdgeDocument, owners: Owners) -> Iterator[Issue]:
    around = maps_around(edge.target, owners)
    if edge.source in around:
        if edge.from_port != ITEM:
            message = (
                f"The edge {edge} enters the body of {edge.source}; draw it from the port {ITEM}."
            )
            yield error("wrong_port_into_body", message, edge)
    elif edge.from_port == ITEM and edge.source in owners.values():
        message = f"The edge {edge}: items go to nodes of the body only; draw it from another port."
        yield error("item_leaves_body", message, edge)
    elif owners[edge.source] not in (None, *around):
        message = (
            f"The edge {edge} leaves the body of {owners[edge.source]}; "
            f"what comes out of a body is in the results of its map: draw it from there."
        )
        yield error("edge_out_of_body", message, edge)
