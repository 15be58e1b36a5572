"""Scopes: which nodes are played together, what arrives at each, and which circles they pass."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from maestro.errors import InvalidScore

from .document import ON_ERROR, EdgeDocument, NodeDocument
from .loops import find_circles

MAX_LOOP_DEPTH = 5  # passes multiply

Edges = dict[str, tuple[EdgeDocument, ...]]
Followed = tuple[tuple[EdgeDocument, str], ...]  # edges, each with where its target counts


@dataclass(frozen=True)
class Scope:
    """The nodes that are played together: once at the top level, once per item in a map's body,
    once per pass in a loop.

    `into` holds every edge into a node, in merge order, but those that lead back in a loop: from
    nodes of this scope, from the owner's port `item`, and from nodes further out, which have
    settled before the owner plays.
    `out_of` holds edges to nodes of this scope: by node, and by the owner (its `item` edges).
    `held` has, for each map, the nodes of this scope that its body reads: they settle before it,
    though no edge leads to the map; `holds` is the same the other way round.
    `loops` are those of this scope, by head; `unit` says of each node where it counts: at itself,
    or at the head of its loop, because a loop is played as one.
    `sinks` are nodes from which nothing follows when they succeed, in document order.
    """

    owner: str | None
    keys: tuple[str, ...]
    into: Edges
    out_of: Edges
    held: dict[str, tuple[str, ...]]
    holds: dict[str, tuple[str, ...]]
    loops: "dict[str, Loop]"
    unit: dict[str, str]
    sinks: tuple[str, ...]

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """Nodes that no edge leads to, in document order."""
        return tuple(key for key in self.keys if not self.into[key])

    @cached_property
    def from_outside(self) -> Followed:
        """The edges from the owner and from nodes further out."""
        arriving = [(key, edge) for key in self.keys for edge in self.into[key]]
        return tuple((e, self.unit[key]) for key, e in arriving if e.source not in self.unit)

    @cached_property
    def out_to(self) -> dict[str, Followed]:
        """For each node, and the owner, where it leads: not inside of one loop."""
        return {
            key: tuple((e, self.unit[e.target]) for e in edges if self._parts(key, e.target))
            for key, edges in self.out_of.items()
        }

    @cached_property
    def holds_back(self) -> dict[str, tuple[str, ...]]:
        """`holds` by where the maps count."""
        return {
            key: tuple(self.unit[map_] for map_ in maps if self._parts(key, map_))
            for key, maps in self.holds.items()
        }

    @cached_property
    def waits(self) -> dict[str, int]:
        """For each node, or loop by its head, how many edges and nodes settle before it."""
        waits = dict.fromkeys(self.unit.values(), 0)
        for key, unit in self.unit.items():
            before = [*(edge.source for edge in self.into[key]), *self.held[key]]
            waits[unit] += sum(self._parts(source, key) for source in before)
        return waits

    @cached_property
    def first(self) -> tuple[str, ...]:
        """Nodes and loops that wait for nothing."""
        return tuple(unit for unit, waits in self.waits.items() if not waits)

    def _parts(self, source: str, target: str) -> bool:
        """Whether the two do not count at the same loop."""
        return self.unit.get(source) != self.unit[target]

    def edges_back(self) -> list[EdgeDocument]:
        """The edges that lead back in its loops, however deep."""
        return [
            edge for loop in self.loops.values() for edge in (*loop.back, *loop.scope.edges_back())
        ]


@dataclass(frozen=True)
class Loop:
    """A circle: it is passed again while an edge leads back to its head, up to `max_passes`.

    `back` holds those edges in merge order; `scope` has the circle's nodes without them.
    """

    head: str
    max_passes: int
    back: tuple[EdgeDocument, ...]
    scope: Scope


@dataclass(frozen=True)
class Part:
    """What a scope is made of: its nodes, all edges of the graph in merge order, the maps that wait
    for what their body reads (map, node), and the passes of each node that may begin a loop."""

    owner: str | None
    keys: Sequence[str]
    edges: Sequence[EdgeDocument]
    held_maps: set[tuple[str, str]]
    passes: Mapping[str, int]
    depth: int = field(default=0)


def needed(node: NodeDocument, edges: int) -> int:
    """How many of the edges into a node must deliver for it to play."""
    join = node.config.get("join", "any")
    if join == "any":
        return min(1, edges)
    return edges if join == "all" else int(join)


def scope_of(part: Part) -> Scope:
    """Raises InvalidScore for loops whose beginning is not clear, or too deep in each other."""
    loops = _loops(part)
    back = {id(edge) for loop in loops.values() for edge in (*loop.back, *loop.scope.edges_back())}
    into: dict[str, list[EdgeDocument]] = {key: [] for key in part.keys}
    out_of: dict[str, list[EdgeDocument]] = {key: [] for key in part.keys}
    if part.owner is not None:
        out_of[part.owner] = []
    for edge in part.edges:
        if edge.target in into:
            if id(edge) not in back:
                into[edge.target].append(edge)
            if edge.source in out_of:
                out_of[edge.source].append(edge)
    held = {(map_, by) for map_, by in part.held_maps if map_ in into and by in into}
    unit = {key: key for key in part.keys}
    for head, loop in loops.items():
        unit |= dict.fromkeys(loop.scope.keys, head)
    return Scope(
        owner=part.owner,
        keys=tuple(part.keys),
        into=_frozen(into),
        out_of=_frozen(out_of),
        held={key: tuple(sorted(by for m, by in held if m == key)) for key in part.keys},
        holds={key: tuple(sorted(m for m, by in held if by == key)) for key in part.keys},
        loops=loops,
        unit=unit,
        sinks=tuple(
            key
            for key in part.keys
            if all(edge.from_port == ON_ERROR or id(edge) in back for edge in out_of[key])
        ),
    )


def _loops(part: Part) -> dict[str, Loop]:
    members = set(part.keys)
    heads = [key for key in part.keys if key in part.passes]
    if not heads:
        return {}
    arriving = [edge for edge in part.edges if edge.target in members]
    arcs = [(edge.source, edge.target) for edge in arriving if edge.source in members]
    arcs += [(by, held) for held, by in part.held_maps if {by, held} <= members]
    circles = find_circles(heads, arcs, arriving)
    if circles and part.depth == MAX_LOOP_DEPTH:
        raise InvalidScore(f"Loops lie in each other more than {MAX_LOOP_DEPTH} deep.")
    return {head: _loop(part, head, circle) for head, circle in circles.items()}


def _loop(part: Part, head: str, circle: frozenset[str]) -> Loop:
    back = tuple(edge for edge in part.edges if edge.target == head and edge.source in circle)
    away = {id(edge) for edge in back}
    inner = replace(
        part,
        keys=[key for key in part.keys if key in circle],
        edges=[edge for edge in part.edges if id(edge) not in away],
        passes={key: limit for key, limit in part.passes.items() if key != head},
        depth=part.depth + 1,
    )
    return Loop(head, part.passes[head], back, scope_of(inner))


def _frozen(edges: dict[str, list[EdgeDocument]]) -> Edges:
    return {key: tuple(found) for key, found in edges.items()}
