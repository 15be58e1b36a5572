"""The score of the chaos suite: every kind of effect, a branch, a join and a map, 33 recorded nodes."""

from scores.document import GraphDocument, NodeDocument
from tests.scores.graphs import branch, edge, graph, map_over, step

BROAD = [f"broad{number}" for number in range(4)]


def far(key: str, operation: str, **fields: object) -> NodeDocument:
    return step(key, skill="far", operation=operation, **fields)


def thirty() -> GraphDocument:
    """A chain, a fan-out and its join, a branch with a side not taken, a map of 5 x 3, an end."""
    return graph(
        far("begin", "think"),
        far("send1", "send"),
        far("look", "look"),
        far("keep1", "keep"),
        far("brood", "brood"),
        far("send2", "send"),
        *(far(key, "send" if key == "broad2" else "think") for key in BROAD),
        far("join", "think", config={"join": "all"}),
        branch("choose", conditions=[{"port": "yes", "when": "input.value >= 0"}]),
        far("taken", "spread"),
        far("other", "send"),
        map_over("each", "weigh", "post", "note", concurrency=3),
        far("weigh", "think"),
        far("post", "send"),
        far("note", "keep"),
        far("ask", "ask"),
        far("send3", "send"),
        far("end", "think"),
        "begin -> send1",
        "send1 -> look",
        "look -> keep1",
        "keep1 -> brood",
        "brood -> send2",
        *(f"send2 -> {key}" for key in BROAD),
        *(f"{key} -> join" for key in BROAD),
        "join -> choose",
        "choose.yes -> taken",
        "choose.else -> other",
        "taken -> each",
        "each.item -> weigh",
        "weigh -> post",
        "post -> note",
        "each -> ask",
        edge("taken -> ask", order=2),
        "ask -> send3",
        "send3 -> end",
        edge("each -> end", order=2),
    )


def behind(document: GraphDocument) -> dict[str, set[str]]:
    """By node: all that can only begin once it has ended, of a body within the same iteration."""
    after = {node.key: _reached(document, node.key) for node in document.nodes}
    for owner in document.nodes:
        body = set(owner.config.get("body_node_ids", []))
        for key in body:
            after[key] |= after[owner.key] - body
    return after


def _reached(document: GraphDocument, start: str) -> set[str]:
    found: set[str] = set()
    ahead = [start]
    while ahead:
        key = ahead.pop()
        new = {link.target for link in document.edges if link.source == key} - found
        found |= new
        ahead += new
    return found
