"""What follows from a graph document: scopes and order. Pure and precomputed.

A scope is the top level (owner None) or the body of one `map_over` (owner: its key). Membership is
the map's `config.body_node_ids` alone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from maestro.errors import InvalidScore

from .document import ON_ERROR, EdgeDocument, GraphDocument, NodeDocument
from .loops import max_passes
from .scopes import Part, Scope, scope_of


@dataclass(frozen=True)
class Graph:
    """A walkable graph; `depth_order` has every node after those it waits for, its map too."""

    nodes: dict[str, NodeDocument]
    scopes: dict[str | None, Scope]
    owners: dict[str, str | None]
    depth_order: tuple[str, ...]
    document: GraphDocument

    @classmethod
    def of(cls, document: GraphDocument) -> "Graph":
        """Precompute; raises InvalidScore on a circle without a limit, an unknown node or a
        doubled key."""
        nodes = {node.key: node for node in document.nodes}
        if len(nodes) != len(document.nodes):
            raise InvalidScore("Two nodes of the graph have the same key.")
        owners = owners_of(document.nodes)
        edges = document.ordered_edges()
        unknown = {end for edge in edges for end in (edge.source, edge.target)} - nodes.keys()
        if unknown := unknown | (owners.keys() - nodes.keys()):
            raise InvalidScore(f"The graph names unknown nodes: {', '.join(sorted(unknown))}.")
        members: dict[str | None, list[str]] = {None: []}
        members |= {node.key: [] for node in document.nodes if node.subkind == "map_over"}
        for key in nodes:
            members[owners[key]].append(key)
        held = held_maps(edges, owners)
        passes = {node.key: limit for node in document.nodes if (limit := max_passes(node))}
        scopes = {
            owner: scope_of(Part(owner, keys, edges, held, passes))
            for owner, keys in members.items()
        }
        back = {id(edge) for scope in scopes.values() for edge in scope.edges_back()}
        forward = [edge for edge in edges if id(edge) not in back]
        order = topological_order(waits_for(forward, owners))
        return cls(nodes, scopes, owners, order, document)

    def scope(self, owner: str | None) -> Scope:
        """The top level for None, else the body of that map_over."""
        return self.scopes[owner]

    def owner_of(self, key: str) -> str | None:
        """The map_over whose body holds `key`; None at the top level."""
        return self.owners[key]

    def takes_errors(self, key: str) -> bool:
        """Whether an edge leaves the node's `on_error` port."""
        edges = self.scope(self.owner_of(key)).out_of[key]
        return any(edge.from_port == ON_ERROR for edge in edges)


def owners_of(nodes: Iterable[NodeDocument]) -> dict[str, str | None]:
    """Each node's map_over, None at the top level; keys a body names but nobody has are kept."""
    owners: dict[str, str | None] = {node.key: None for node in nodes}
    for node in nodes:
        if node.subkind == "map_over":
            owners |= dict.fromkeys(node.config.get("body_node_ids", []), node.key)
    return owners


def waits_for(
    edges: Iterable[EdgeDocument], owners: Mapping[str, str | None]
) -> dict[str, list[str]]:
    """For each node those that settle before it; a body waits for its map."""
    before: dict[str, list[str]] = {
        key: [] if owner is None else [owner] for key, owner in owners.items()
    }
    edges = list(edges)
    for edge in edges:
        before[edge.target].append(edge.source)
    for held, source in held_maps(edges, owners):
        before[held].append(source)
    return before


def held_maps(
    edges: Iterable[EdgeDocument], owners: Mapping[str, str | None]
) -> set[tuple[str, str]]:
    """(map, node) for each map whose body, at any depth, reads a node beside that map."""
    found = set()
    for edge in edges:
        beside = owners.get(edge.source)
        for owner in maps_around(edge.target, owners):
            if owner != edge.source and owners.get(owner) == beside:
                found.add((owner, edge.source))
    return found


def maps_around(key: str, owners: Mapping[str, str | None]) -> list[str]:
    """The maps around `key`, innermost first; ends where maps hold each other."""
    chain: list[str] = []
    while (owner := owners.get(key)) is not None and owner not in chain:
        chain.append(owner)
        key = owner
    return chain


def topological_order(before: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Every key after those in `before[key]`; raises InvalidScore with the cycle's path."""
    try:
        return tuple(TopologicalSorter(before).static_order())
    except CycleError as error:
        path = list(error.args[1])
        raise InvalidScore(f"The graph runs in a circle: {' → '.join(path)}.", cycle=path) from None
