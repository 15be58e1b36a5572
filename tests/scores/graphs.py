"""Graphs in one line each, for tests that are about something else."""

from scores.document import EdgeDocument, GraphDocument, NodeDocument


def step(key: str, **fields: object) -> NodeDocument:
    """A deterministic node that picks fields."""
    named = {"key": key, "kind": "deterministic", "skill": "data", "operation": "pick"}
    return NodeDocument.model_validate(named | fields)


def map_over(key: str, *body: str, **config: object) -> NodeDocument:
    """A map over `items` whose body is the given keys."""
    config = {"items_field": "items", "body_node_ids": list(body)} | config
    return NodeDocument(key=key, kind="control", subkind="map_over", config=config)


def find(key: str, **fields: object) -> NodeDocument:
    """A node with two ports, `exists` and `not_found`."""
    return step(key, **{"skill": "pipeline", "operation": "find_contact"} | fields)


def add(key: str, **fields: object) -> NodeDocument:
    """A node that adds a contact: ports `success` and `exists`."""
    return step(key, **{"skill": "pipeline", "operation": "add_contact"} | fields)


def llm(key: str, **fields: object) -> NodeDocument:
    """A node played by the agent ag_1."""
    return NodeDocument.model_validate({"key": key, "kind": "llm", "agent_id": "ag_1"} | fields)


def branch(key: str, *ports: str, **config: object) -> NodeDocument:
    """A branch by the ports given, each when the field of its name is true, else by `else`."""
    config = {"conditions": [{"port": port, "when": f"input.{port}"} for port in ports]} | config
    return NodeDocument(key=key, kind="control", subkind="branch", config=config)


def parallel(key: str, *branches: str, **config: object) -> NodeDocument:
    """A node left by all of its branches at once."""
    config = {"branches": list(branches)} | config
    return NodeDocument(key=key, kind="control", subkind="parallel", config=config)


def subscore(key: str, held: str, **fields: object) -> NodeDocument:
    """A node that holds the score with this id."""
    named = {"key": key, "kind": "control", "subkind": "subscore", "subscore_id": held}
    return NodeDocument.model_validate(named | fields)


def looping(key: str, passes: int, **config: object) -> NodeDocument:
    """A step that edges may lead back to."""
    return step(key, config={"max_passes": passes, **config})


def edge(path: str, **fields: object) -> EdgeDocument:
    """`a -> b`, or `a.port -> b`."""
    source, target = path.split(" -> ")
    source, _, port = source.partition(".")
    named = {"source": source, "from_port": port or "success", "target": target}
    return EdgeDocument.model_validate(named | fields)


def graph(*parts: NodeDocument | str | EdgeDocument) -> GraphDocument:
    """A document of nodes and edges (an edge may be its path)."""
    nodes = [part for part in parts if isinstance(part, NodeDocument)]
    links = [part for part in parts if not isinstance(part, NodeDocument)]
    return GraphDocument(
        nodes=nodes, edges=[edge(link) if isinstance(link, str) else link for link in links]
    )
