"""By which ways each node of a graph comes to be played: by which ports those before it leave. Pure.

A way says of nodes by which port each has to leave. It holds in one playing of a scope: the passes
of a loop and the items of a map choose anew, and what follows a loop sees its last pass alone.
"""

from collections.abc import Iterable

from scores.document import EVERY, ON_ERROR, EdgeDocument, GraphDocument
from scores.graph import Graph, maps_around
from scores.scopes import needed

from .issue import Words
from .ports_taken import never_taken

MOST_WAYS = 8  # of more, only what they have in common is kept

Way = dict[str, str]


class Ways:
    """For a graph without errors. `of`: the ways of each node; one that has none is never played."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._left = _ports_left_by(graph.document)
        self._never = {key: never_taken(node) for key, node in graph.nodes.items()}
        self.of: dict[str, list[Way]] = {}
        for key in self.graph.depth_order:
            self.of[key] = self._into(key)

    def edges(self, key: str) -> tuple[EdgeDocument, ...]:
        """The edges into a node that its join counts."""
        return self.graph.scope(self.graph.owner_of(key)).into[key]

    def needed(self, key: str) -> int:
        """How many of them have to deliver."""
        return needed(self.graph.nodes[key], len(self.edges(key)))

    def over(self, edge: EdgeDocument) -> list[Way]:
        """The ways by which an edge delivers."""
        if edge.source in maps_around(edge.target, self.graph.owners):
            return self.of[edge.source]
        if self.why_dead(edge):
            return []
        if len(self._left[edge.source]) == 1:  # it is never in another's way
            return self.of[edge.source]
        port = {edge.source: self._left_by(edge)}
        return [way | port for way in self.of[edge.source]]

    def why_dead(self, edge: EdgeDocument) -> Words | None:
        """Why an edge never delivers, whatever its source is given; None: it may."""
        return self._never[edge.source].get(edge.from_port)

    def _into(self, key: str) -> list[Way]:
        """Edge by edge, the ways by which none, one, two... have delivered so far."""
        owner, needed, edges = self.graph.owner_of(key), self.needed(key), self.edges(key)
        delivered: list[list[Way]] = [
            self.of[owner] if owner else [{}],
            *([] for _ in range(needed)),
        ]
        for edge in edges:
            over = self.over(edge)
            for count in range(needed, 0, -1):
                delivered[count] = _fewest([*delivered[count], *both(delivered[count - 1], over)])
        return delivered[needed]

    def _left_by(self, edge: EdgeDocument) -> str:
        by_every = self.graph.nodes[edge.source].subkind == "parallel"
        return EVERY if by_every and edge.from_port != ON_ERROR else edge.from_port


def both(some: Iterable[Way], others: Iterable[Way]) -> list[Way]:
    """The ways by which one of each goes together: no node leaves by two ports."""
    others = list(others)
    return [one | other for one in some for other in others if _agree(one, other)]


def _agree(one: Way, other: Way) -> bool:
    return all(other.get(node, port) == port for node, port in one.items())


def _fewest(ways: list[Way]) -> list[Way]:
    """Without those that ask for more than another one; of too many, what all of them ask for."""
    kept: list[Way] = []
    for way in sorted(ways, key=len):
        if not any(one.items() <= way.items() for one in kept):
            kept.append(way)
    if len(kept) <= MOST_WAYS:
        return kept
    common = set(kept[0].items()).intersection(*(way.items() for way in kept))
    return [dict(common)]


def _ports_left_by(document: GraphDocument) -> dict[str, set[str]]:
    """By node, the ports that something follows."""
    left: dict[str, set[str]] = {}
    for edge in document.edges:
        left.setdefault(edge.source, set()).add(edge.from_port)
    return left
