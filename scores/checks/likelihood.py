"""Which nodes of a graph play in any case, and which edges deliver in any case."""

from scores.configs import config_of
from scores.document import EdgeDocument, GraphDocument, NodeDocument
from scores.graph import Graph
from scores.ports import own_ports


class Likelihood:
    """For a graph without errors; `certain` holds nodes that play whenever their scope does."""

    def __init__(self, document: GraphDocument) -> None:
        self.graph = Graph.of(document)
        self.certain: set[str] = set()
        for key in self.graph.depth_order:
            if self._plays_always(self.graph.nodes[key]):
                self.certain.add(key)

    def into(self, key: str) -> tuple[EdgeDocument, ...]:
        """A node's incoming edges, in merge order."""
        return self.graph.scope(self.graph.owner_of(key)).into[key]

    def one_delivers(self, *edges: EdgeDocument) -> bool:
        """Whether at least one of these edges, all into one node, delivers in any case."""
        taken: dict[str, set[str]] = {}
        for edge in edges:
            taken.setdefault(edge.source, set()).add(edge.from_port)
        owner = self.graph.owner_of(edges[0].target)
        return any(
            source == owner or (source in self.certain and self._covers(source, ports))
            for source, ports in taken.items()
        )

    def _plays_always(self, node: NodeDocument) -> bool:
        edges = self.into(node.key)
        if not edges:
            return True
        join = config_of(node).join
        if join == "any":
            return self.one_delivers(*edges)
        needed = len(edges) if join == "all" else int(join)
        return sum(self.one_delivers(edge) for edge in edges) >= needed

    def _covers(self, source: str, ports: set[str]) -> bool:
        """Whether the source, once played, leaves by one of `ports` in any case."""
        node = self.graph.nodes[source]
        own = set(own_ports(node))
        if node.on_error == "continue":
            return False
        by_each = node.subkind in ("map_over", "parallel")
        return bool(ports & own) if by_each else ports >= own
