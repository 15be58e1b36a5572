"""Is every node played in some run, and every edge taken? Warnings, for graphs without errors."""

from collections.abc import Iterator
from itertools import combinations

from scores.document import ITEM, EdgeDocument, GraphDocument, NodeDocument
from scores.graph import Graph

from .issue import Issue, Words, listing, warning, words
from .ways import Ways, both

MOST_COMPARED = 30


def check_unplayed(graph: Graph) -> Iterator[Issue]:
    """Ports that are never taken, nodes that are never played, and those that nothing is joined to."""
    ways, document = Ways(graph), graph.document
    for edge in document.edges:
        if why := ways.why_dead(edge):
            told = {"edge": str(edge), **why.params}
            yield warning(
                "never_taken",
                Words(f"The edge {{edge}} is never taken: {why.template}.", told),
                edge,
            )
    behind = _by_root(ways)
    for node in document.nodes:
        if node.key in behind:
            yield warning("never_played", _why(node, ways, _also(behind[node.key])), node)
        yield from _check_alone(node, document)
        yield from _check_items(node, document)


def _by_root(ways: Ways) -> dict[str, list[str]]:
    """Nodes that are never played for a reason of their own, each with those behind it that are not
    for this reason alone."""
    roots: dict[str, str] = {}
    behind: dict[str, list[str]] = {}
    for key in ways.graph.depth_order:
        if ways.of[key]:
            continue
        owner = ways.graph.owner_of(key)
        before = [*([owner] if owner else []), *(edge.source for edge in ways.edges(key))]
        root = next((roots[one] for one in before if one in roots), key)
        roots[key] = root
        behind.setdefault(root, []).extend([] if root == key else [key])
    return behind


def _why(node: NodeDocument, ways: Ways, also: str) -> Words:
    edges = ways.edges(node.key)
    able = [edge for edge in edges if ways.over(edge)]
    if len(able) < ways.needed(node.key):
        dead = [str(edge) for edge in edges if edge not in able]
        are = "is" if len(dead) == 1 else "are"
        return Words(f"{node.key} is never played: {listing(dead)} {are} never taken.{also}")
    pairs = combinations(able[:MOST_COMPARED], 2)
    apart = next((p for p in pairs if not both(ways.over(p[0]), ways.over(p[1]))), able)
    asked = (
        "all of its edges"
        if ways.needed(node.key) == len(edges)
        else f"{ways.needed(node.key)} edges"
    )
    return words(
        "{node} is never played: it waits for {asked}, and {edges} never deliver in one run; set "
        "{setting} to any, or take one out.{also}",
        node=node.key, asked=asked, edges=listing([str(edge) for edge in apart]),
        setting="config.join", also=also,
    )  # fmt: skip


def _also(behind: list[str]) -> str:
    return f" Nor is what follows: {listing(behind)}." if behind else ""


def _check_alone(node: NodeDocument, document: GraphDocument) -> Iterator[Issue]:
    """A node that was drawn and forgotten is played all the same."""
    joined = {end for edge in document.edges for end in (edge.source, edge.target)}
    if joined and node.key not in joined:
        message = (
            f"No edge leads to {node.key} or away from it, so it is played by itself, with the run's "
            "input; draw one, or take the node out."
        )
        yield warning("joined_to_nothing", message, node)


def _check_items(node: NodeDocument, document: GraphDocument) -> Iterator[Issue]:
    if node.subkind == "map_over" and not any(_brings_items(edge, node) for edge in document.edges):
        message = (
            f"{node.key} plays its body for each item, and no edge brings it one, so all would be "
            f"alike; draw one from its port {ITEM}."
        )
        yield warning("items_unused", message, node)


def _brings_items(edge: EdgeDocument, node: NodeDocument) -> bool:
    return edge.source == node.key and edge.from_port == ITEM
