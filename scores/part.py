"""A part of a graph, fit to be played by itself. Pure."""

from maestro.errors import NotFound

from .document import GraphDocument
from .graph import maps_around, owners_of


def alone(document: GraphDocument, key: str) -> GraphDocument:
    """The node and, of a map, all that is in its body; NotFound when there is no such node.

    As a source it is given the run's input: what its edges would bring.
    """
    owners = owners_of(document.nodes)
    if key not in {node.key for node in document.nodes}:
        raise NotFound(f"The graph has no node {key}")
    kept = {key, *(inner for inner in owners if key in maps_around(inner, owners))}
    return document.model_copy(
        update={
            "nodes": [node for node in document.nodes if node.key in kept],
            "edges": [
                e for e in document.edges if {e.source, e.target} <= kept and e.target != key
            ],
        }
    )
