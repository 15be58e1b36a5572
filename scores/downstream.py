"""What comes after a node: the nodes that its answer may reach. Pure."""

from collections.abc import Iterable

from .document import ITEM, GraphDocument
from .graph import maps_around, owners_of


def behind(document: GraphDocument, keys: Iterable[str]) -> set[str]:
    """The nodes that may be given what one of `keys` answered, or something made of it.

    Out of a body it goes by the map's results, so what follows the map is reached, but not other
    nodes of the body by way of the map's items.
    """
    owners = owners_of(document.nodes)
    found: set[str] = set()
    ahead, followed = list(keys), set[str]()
    while ahead:
        key = ahead.pop()
        if key in followed:
            continue
        followed.add(key)
        maps = maps_around(key, owners)
        reached = {edge.target for edge in document.edges if edge.source == key}
        reached |= {e.target for e in document.edges if e.source in maps and e.from_port != ITEM}
        found |= reached | set(maps)
        ahead += reached
    return found
