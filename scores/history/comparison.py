"""Two graphs of a score side by side, node by node and edge by edge. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

from scores.document import EdgeDocument, GraphDocument, NodeDocument

Change = Literal["same", "added", "removed", "changed"]
Ends = tuple[str, str, str, str]


@dataclass(frozen=True)
class Setting:
    """A field that differs, as it was and as it is; one of `config` is called `config.params`."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class NodeChange:
    """What became of the node with this key; `settings` only where both graphs have it."""

    node: NodeDocument
    change: Change
    settings: tuple[Setting, ...] = ()


@dataclass(frozen=True)
class EdgeChange:
    """What became of the edge between these ends."""

    edge: EdgeDocument
    change: Change
    settings: tuple[Setting, ...] = ()


@dataclass(frozen=True)
class GraphComparison:
    """Every node and edge of either graph: the newer one's first, then those that went."""

    nodes: tuple[NodeChange, ...]
    edges: tuple[EdgeChange, ...]

    @property
    def changed_nodes(self) -> list[NodeChange]:
        return [one for one in self.nodes if one.change != "same"]

    @property
    def changed_edges(self) -> list[EdgeChange]:
        return [one for one in self.edges if one.change != "same"]

    @property
    def differs(self) -> bool:
        """Whether a run could tell; where nodes are drawn does not count."""
        return bool(self.changed_nodes or self.changed_edges)


def compare_graphs(before: GraphDocument, after: GraphDocument) -> GraphComparison:
    """What changed from one graph to another. Nodes are the same by key, edges by their ends."""
    return GraphComparison(tuple(_nodes(before, after)), tuple(_edges(before, after)))


def _nodes(before: GraphDocument, after: GraphDocument) -> Iterator[NodeChange]:
    old = {node.key: node for node in before.nodes}
    for node in after.nodes:
        was = old.pop(node.key, None)
        if was is None:
            yield NodeChange(node, "added")
            continue
        settings = tuple(_differences(_settings(was), _settings(node)))
        yield NodeChange(node, "changed" if settings else "same", settings)
    yield from (NodeChange(node, "removed") for node in old.values())


def _edges(before: GraphDocument, after: GraphDocument) -> Iterator[EdgeChange]:
    old, new = _by_ends(before), _by_ends(after)
    old_places, new_places = _places(old, new), _places(new, old)
    for ends, edge in new.items():
        if ends not in old:
            yield EdgeChange(edge, "added")
            continue
        was = {"transform": old[ends].transform or {}, "order": old_places[ends]}
        now = {"transform": edge.transform or {}, "order": new_places[ends]}
        settings = tuple(_differences(was, now))
        yield EdgeChange(edge, "changed" if settings else "same", settings)
    yield from (EdgeChange(edge, "removed") for ends, edge in old.items() if ends not in new)


def _by_ends(document: GraphDocument) -> dict[Ends, EdgeDocument]:
    return {
        (edge.source, edge.from_port, edge.target, edge.to_port): edge
        for edge in document.ordered_edges()
    }


def _places(edges: Mapping[Ends, EdgeDocument], others: Mapping[Ends, object]) -> dict[Ends, int]:
    """Which edge comes first into a node, among those both graphs have: an edge that was put in
    between changes nothing for the others."""
    kept = sorted((ends for ends in edges if ends in others), key=lambda ends: ends[2])
    return {
        ends: place
        for _, into in groupby(kept, key=lambda ends: ends[2])
        for place, ends in enumerate(into, 1)
    }


def _settings(node: NodeDocument) -> dict[str, Any]:
    content = node.model_dump(exclude={"key", "position", "config"})
    return content | {f"config.{name}": value for name, value in node.config.items()}


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Setting]:
    for field in {**before, **after}:
        if before.get(field) != after.get(field):
            yield Setting(field, before.get(field), after.get(field))
