"""What comes after a node, and what before it. Pure."""

from collections import defaultdict
from collections.abc import Iterable

from .document import ITEM, EdgeDocument, GraphDocument
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


def before(document: GraphDocument, key: str) -> set[str]:
    """The nodes whose answers what this node is given was made of.

    What the bodies of maps answered is part of that where it comes out of the map; of a map around
    the node only what leads to it, and in its own body what leads to the node.
    """
    owners = owners_of(document.nodes)
    into: dict[str, list[EdgeDocument]] = defaultdict(list)
    for edge in document.edges:
        into[edge.target].append(edge)
    found: set[tuple[str, bool]] = set()  # with whether its answer counts, or only what it is given
    ahead = [(key, False)]
    while ahead:
        one, is_joined = ahead.pop()
        near = [(edge.source, edge.from_port != ITEM) for edge in into[one]]
        near += [(map, False) for map in maps_around(one, owners)]
        near += [(inner, True) for inner, map in owners.items() if is_joined and map == one]
        ahead += set(near) - found
        found.update(near)
    return {one for one, _ in found} - {key}
