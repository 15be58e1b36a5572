"""Circles in a graph: each begins at one node, which says how often it may be passed."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from maestro.errors import InvalidScore

from .document import EdgeDocument, NodeDocument

Arc = tuple[str, str]


def max_passes(node: NodeDocument) -> int:
    """How often its circle may be passed; 0 when no edge may lead back to it."""
    limit = node.config.get("max_passes")
    return limit if isinstance(limit, int) else 0


def find_circles(
    heads: Sequence[str], arcs: Collection[Arc], edges: Collection[EdgeDocument]
) -> dict[str, frozenset[str]]:
    """By head the nodes of its circle, itself included; a circle inside another is not told.

    `arcs` say what leads to what inside a scope, `edges` also what comes into it from further out.
    InvalidScore when several heads may be where a circle begins.
    """
    after, before = _neighbours(arcs), _neighbours((target, source) for source, target in arcs)
    circles: dict[str, frozenset[str]] = {}
    for head in heads:
        if any(head in circle for circle in circles.values()):
            continue
        circle = frozenset(_reached(head, after) & _reached(head, before))
        if circle:
            circles[_beginning(circle, heads, edges)] = circle
    return circles


def _beginning(
    circle: frozenset[str], heads: Sequence[str], edges: Collection[EdgeDocument]
) -> str:
    """Of several heads the one that is entered from outside; the others' circles lie within."""
    able = [head for head in heads if head in circle]
    entered = {edge.target for edge in edges if edge.source not in circle}
    beginnings = [head for head in able if head in entered] if len(able) > 1 else able
    if len(beginnings) != 1:
        raise InvalidScore(
            f"A circle may begin at {' or at '.join(beginnings or able)}: lead edges from outside "
            "to one of them only."
        )
    return beginnings[0]


def _neighbours(arcs: Iterable[Arc]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one, other in arcs:
        found.setdefault(one, []).append(other)
    return found


def _reached(start: str, neighbours: Mapping[str, Sequence[str]]) -> set[str]:
    """What can be reached in one step or more."""
    reached: set[str] = set()
    coming = list(neighbours.get(start, ()))
    while coming:
        key = coming.pop()
        if key not in reached:
            reached.add(key)
            coming.extend(neighbours.get(key, ()))
    return reached
