"""The graph that a run plays, and what follows from it for nodes that have no row (yet)."""

from dataclasses import dataclass, field
from functools import cached_property

from agents.skills.registry import skills
from maestro.errors import InvalidScore
from runs.graphs import graph_of
from runs.models import NodeStatus, Run, RunStatus
from scores.document import GraphDocument, NodeDocument
from scores.graph import Graph

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

    def keys(self, owner: str | None) -> tuple[str, ...]:
        """The nodes of a scope, each after those it waits for."""
        if owner is not None and owner not in self.graph.scopes:
            return ()
        members = set(self.graph.scope(owner).keys)
        return tuple(key for key in self.graph.depth_order if key in members)

    def node(self, key: str) -> NodeDocument | None:
        return self.graph.nodes.get(key)

    def kind(self, key: str) -> str:
        node = self.node(key)
        return (node.subkind or node.kind) if node else "deterministic"

    def is_map(self, path: str) -> bool:
        """Whether the path (`each_lead:3/inner`) ends at a map of this graph."""
        return self.kind(path.rpartition("/")[2]) == "map_over"

    def glyph(self, key: str) -> str:
        node = self.node(key)
        return self.icons.get(node.skill, "") if node and node.skill else ""

    def status_of(self, key: str, owner: str | None, level: Level, run: Run) -> str:
        """The recorded status; of a node without a row what the walk must be doing with it."""
        if key in level:
            return level[key].last.status
        if run.status != RunStatus.RUNNING:
            return "not_reached" if run.is_finished else NodeStatus.PENDING
        return NodeStatus.RUNNING if self._is_ready(key, owner, level) else NodeStatus.PENDING

    def why_skipped(self, key: str, owner: str | None, level: Level) -> str:
        """Which edges did not deliver: `find_contact left by exists`."""
        reasons = []
        for edge in self.graph.scope(owner).into[key]:
            source = level.get(edge.source)
            if source is None:
                continue
            if source.last.status == NodeStatus.SKIPPED:
                reasons.append(f"{edge.source} was skipped")
            elif source.last.port is None:
                reasons.append(f"{edge.source} {source.last.status}")
            elif source.last.port != edge.from_port:
                reasons.append(f"{edge.source} left by {source.last.port}")
        return ", ".join(dict.fromkeys(reasons))

    def _is_ready(self, key: str, owner: str | None, level: Level) -> bool:
        scope = self.graph.scope(owner)
        sources = {edge.source for edge in scope.into[key]} | set(scope.held[key])
        beside = sources & set(scope.keys)
        return all(source in level and level[source].last.status in SETTLED for source in beside)
