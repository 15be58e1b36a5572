"""Can the graph be walked: no circle, and no edge across the border of a body the wrong way?"""

from collections.abc import Iterator, Mapping

from maestro.errors import InvalidScore
from scores.document import ITEM, EdgeDocument, GraphDocument
from scores.graph import maps_around, owners_of, topological_order, waits_for

from .issue import Issue, error

Owners = Mapping[str, str | None]


def check_order(document: GraphDocument) -> Iterator[Issue]:
    """For documents whose edges and bodies name known nodes only."""
    owners = owners_of(document.nodes)
    crossings = [issue for edge in document.edges for issue in _check_border(edge, owners)]
    if crossings:
        yield from crossings
        return
    try:
        topological_order(waits_for(document.edges, owners))
    except InvalidScore as refusal:
        yield error("cycle", f"{refusal} Take one of these edges out.")


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
