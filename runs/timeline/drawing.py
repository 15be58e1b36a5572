"""The graph that a run plays, and what follows from it for nodes that have no row (yet)."""

from dataclasses import dataclass, field
from functools import cached_property

from agents.skills.registry import skills
from maestro.errors import InvalidScore
from runs.graphs import graph_of
from runs.models import NodeStatus, Run, RunNode, RunStatus
from scores.document import EVERY, GraphDocument, NodeDocument
from scores.graph import Graph
from scores.scopes import Scope

from .records import Level

SETTLED = {NodeStatus.SUCCEEDED, NodeStatus.FAILED, NodeStatus.SKIPPED}
EMPTY = GraphDocument()


@dataclass
class Drawing:
    """A graph as the page asks about it; an unreadable one is empty, its rows are shown by name."""

    document: GraphDocument
    icons: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, run: Run) -> "Drawing":
        """One query: what the run is pinned to."""
        document = GraphDocument.model_validate(graph_of(run) or {})
        return cls(document, {skill.name: skill.icon for skill in skills()})

    @cached_property
    def graph(self) -> Graph:
        try:
            return Graph.of(self.document)
        except InvalidScore:
            return Graph.of(EMPTY)

    def scope_at(self, iteration: str) -> Scope:
        """The scope played in an iteration (`a:3/b#2`); the top level for a path that is none."""
        scope = self.graph.scope(None)
        for part in iteration.split("/") if iteration else []:
            key, mark, _ = part.partition("#") if "#" in part else part.partition(":")
            if mark == "#" and key in scope.loops:
                scope = scope.loops[key].scope
            elif self.kind(key) == "map_over":
                scope = self.graph.scope(key)
        return scope

    def in_order(self, scope: Scope) -> list[str]:
        """The nodes of a scope, each after those it waits for."""
        return sorted(scope.keys, key=self._places.__getitem__)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {key: place for place, key in enumerate(self.graph.depth_order)}

    def node(self, key: str) -> NodeDocument | None:
        return self.graph.nodes.get(key)

    def name(self, key: str) -> str:
        """What people call it: its label, else its key."""
        node = self.node(key)
        return (node.label if node else "") or key

    def kind(self, key: str) -> str:
        node = self.node(key)
        return (node.subkind or node.kind) if node else "deterministic"

    def is_map(self, path: str) -> bool:
        """Whether the path (`each_lead:3/inner`) ends at a map of this graph."""
        return self.kind(path.rpartition("/")[2]) == "map_over"

    def glyph(self, key: str) -> str:
        node = self.node(key)
        return self.icons.get(node.skill, "") if node and node.skill else ""

    def status_of(self, key: str, scope: Scope, level: Level, run: Run) -> str:
        """The recorded status; of a node without a row what the walk must be doing with it."""
        if key in level:
            last = level[key].last
            waits = last.tries_again and not run.is_finished
            return NodeStatus.WAITING if waits else last.status
        if run.status != RunStatus.RUNNING:
            return "not_reached" if run.is_finished else NodeStatus.PENDING
        return NodeStatus.RUNNING if _is_ready(key, scope, level) else NodeStatus.PENDING

    def why_skipped(self, key: str, scope: Scope, level: Level) -> str:
        """Which edges did not deliver: `find_contact left by exists`."""
        reasons = []
        for edge in scope.into.get(key, ()):
            source, name = level.get(edge.source), self.name(edge.source)
            if source is None:
                continue
            if source.last.status == NodeStatus.SKIPPED:
                reasons.append(f"{name} was skipped")
            elif source.last.port is None:
                reasons.append(f"{name} {source.last.status}")
            elif source.last.port not in (edge.from_port, EVERY):
                reasons.append(f"{name} left by {source.last.port}")
        return ", ".join(dict.fromkeys(reasons))


def _is_ready(key: str, scope: Scope, level: Level) -> bool:
    sources = {edge.source for edge in scope.into[key]} | set(scope.held[key])
    beside = sources & set(scope.keys)
    return all(source in level and _is_settled(level[source].last) for source in beside)


def _is_settled(row: RunNode) -> bool:
    return row.status in SETTLED and not row.tries_again
