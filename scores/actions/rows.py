"""The newest graph as rows, and the document that these rows say."""

from collections.abc import Callable, Iterable

from scores.document import EdgeDocument, GraphDocument, NodeDocument
from scores.models import Edge, Node, Score

DOCUMENTED = (
    "label",
    "kind",
    "skill",
    "operation",
    "agent_id",
    "agent_version",
    "subkind",
    "config",
    "input_schema",
    "subscore_id",
    "retry",
    "timeout_seconds",
    "on_error",
    "position",
)


def document_of(score: Score) -> GraphDocument:
    """The newest saved graph, without a message. Two queries."""
    return documents_of([score])[score.pk]


def documents_of(scores: Iterable[Score]) -> dict[str, GraphDocument]:
    """The same of several, by score id. Two queries, however many."""
    nodes: dict[str, list[Node]] = {score.pk: [] for score in scores}
    edges: dict[str, list[Edge]] = {score: [] for score in nodes}
    for node in Node.objects.filter(score__in=nodes).order_by("order"):
        nodes[node.score_id].append(node)
    for edge in Edge.objects.filter(score__in=nodes).order_by("order"):
        edges[edge.score_id].append(edge)
    return {score: _document(nodes[score], edges[score]) for score in nodes}


def replace_rows(score: Score, document: GraphDocument, new_node_id: Callable[[str], str]) -> None:
    """Make the score's rows say `document`; a node whose key stays keeps its id."""
    score.edges.all().delete()
    score.nodes.exclude(key__in=[node.key for node in document.nodes]).delete()
    kept = {node.key: node for node in score.nodes.all()}
    nodes = [
        _fill(
            kept.get(written.key) or Node(id=new_node_id(written.key), key=written.key),
            written,
            score,
            order,
        )
        for order, written in enumerate(document.nodes)
    ]
    Node.objects.bulk_create([node for node in nodes if node.key not in kept])
    Node.objects.bulk_update(
        [node for node in nodes if node.key in kept], ["order", *map(_column, DOCUMENTED)]
    )
    ids = {node.key: node.pk for node in nodes}
    Edge.objects.bulk_create(_edge(edge, score, ids) for edge in document.edges)


def move_nodes(score: Score, document: GraphDocument) -> None:
    """Take only the positions over: they are no part of a version."""
    positions = {node.key: node.position.model_dump() for node in document.nodes}
    nodes = list(score.nodes.all())
    for node in nodes:
        node.position = positions[node.key]
    Node.objects.bulk_update(nodes, ["position"])


def _fill(node: Node, written: NodeDocument, score: Score, order: int) -> Node:
    node.score, node.workspace_id, node.order = score, score.workspace_id, order
    for name, value in written.model_dump(include=set(DOCUMENTED)).items():
        setattr(node, name, value)
    return node


def _document(nodes: list[Node], edges: list[Edge]) -> GraphDocument:
    keys = {node.pk: node.key for node in nodes}
    return GraphDocument(
        nodes=[_node_document(node) for node in nodes],
        edges=[_edge_document(edge, keys) for edge in edges],
    )


def _column(name: str) -> str:
    return name.removesuffix("_id")


def _node_document(node: Node) -> NodeDocument:
    return NodeDocument.model_validate(
        {"key": node.key} | {name: getattr(node, name) for name in DOCUMENTED}
    )


def _edge(written: EdgeDocument, score: Score, ids: dict[str, str]) -> Edge:
    return Edge(
        score=score,
        from_node_id=ids[written.source],
        from_port=written.from_port,
        to_node_id=ids[written.target],
        to_port=written.to_port,
        transform=written.transform,
        order=written.order,
    )


def _edge_document(edge: Edge, keys: dict[str, str]) -> EdgeDocument:
    return EdgeDocument(
        source=keys[edge.from_node_id],
        from_port=edge.from_port,
        target=keys[edge.to_node_id],
        to_port=edge.to_port,
        transform=edge.transform,
        order=edge.order,
    )
