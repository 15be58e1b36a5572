"""Do the fields that edges bring suit the nodes they lead to? Warnings, as far as it can be known."""

from collections.abc import Iterator

from agents.skills.operation import Effect
from agents.skills.registry import find
from scores.configs import config_of
from scores.document import EdgeDocument, GraphDocument, NodeDocument
from scores.ports import own_ports

from .issue import Issue, warning, words
from .likelihood import Likelihood
from .shapes import Answers, Fields, brought, fits, listed, required, taken, unknown

Brought = list[tuple[EdgeDocument, Fields | None]]
WORDS = {
    "array": "a list",
    "integer": "a whole number",
    "null": "null",
    "object": "an object",
    "string": "a text",
}


def check_fields(document: GraphDocument, likely: Likelihood, answers: Answers) -> Iterator[Issue]:
    """Fields that never come, may not come, or are of a type the next node cannot read; and nodes
    whose work nobody reads. `answers`: the output schemas of agents, by id and version."""
    for node in document.nodes:
        edges = [
            (edge, brought(edge, likely.graph.nodes[edge.source], answers))
            for edge in likely.into(node.key)
        ]
        yield from _check_renames(edges, likely, answers)
        if node.kind != "llm":
            yield from _check_presence(node, edges, likely)
            yield from _check_types(node, edges)
        yield from _check_use(node, document, answers)


def _check_presence(node: NodeDocument, edges: Brought, likely: Likelihood) -> Iterator[Issue]:
    if not edges or any(fields is None for _, fields in edges):
        return
    for name in sorted(required(node) - config_of(node).params.keys()):
        bringing = tuple(edge for edge, fields in edges if fields and name in fields)
        if not bringing:
            other = "name another in {setting}" if listed(node) else "give it in {setting}"
            said = words(
                "{node} needs {field}, which no edge brings; rename a field on an edge to it, or "
                + f"{other}.",
                node=node.key, field=name,
                setting="config.items_field" if listed(node) else "config.params",
            )  # fmt: skip
            yield warning("field_never_comes", said, node)
        elif (
            config_of(node).join != "all"
            and len(bringing) < len(edges)
            and not likely.one_delivers(*bringing)
        ):
            message = f"{node.key} needs {name}, which comes only over {bringing[0]}; that edge may not be taken."
            yield warning("field_may_not_come", message, node)


def _check_renames(edges: Brought, likely: Likelihood, answers: Answers) -> Iterator[Issue]:
    for edge, _ in edges:
        for path in unknown(edge, likely.graph.nodes[edge.source], answers):
            message = (
                f"The edge {edge} renames {path}, which {edge.source} does not give; name a field "
                "that it gives, or take the rename out."
            )
            yield warning("rename_of_nothing", message, edge)


def _check_types(node: NodeDocument, edges: Brought) -> Iterator[Issue]:
    wanted = listed(node) or taken(node) or {}
    for edge, fields in edges:
        for name, given in (fields or {}).items():
            if not fits(given, wanted.get(name)):
                message = (
                    f"The edge {edge} brings {name} as {_said(given)}; {node.key} takes "
                    f"{_said(wanted[name])}. Rename it on the edge, or change what gives it."
                )
                yield warning("field_of_another_type", message, edge)


def _check_use(node: NodeDocument, document: GraphDocument, answers: Answers) -> Iterator[Issue]:
    """A node that changes nothing and chooses nothing is there for its fields."""
    if node.kind == "control" or len(own_ports(node)) > 1 or _changes_something(node):
        return
    nodes = {one.key: one for one in document.nodes}
    following = [edge for edge in document.edges if edge.source == node.key]
    if following and not any(_is_read(edge, nodes, answers) for edge in following):
        message = (
            f"Nothing that follows {node.key} reads a field of it; rename one on an edge to what "
            "is needed there, or take the node out."
        )
        yield warning("output_unused", message, node)


def _changes_something(node: NodeDocument) -> bool:
    return node.kind == "deterministic" and find(node.skill, node.operation).effect in (
        Effect.WRITE,
        Effect.LOCAL,
    )


def _is_read(edge: EdgeDocument, nodes: dict[str, NodeDocument], answers: Answers) -> bool:
    """Whether the target takes one of the fields; True where only a run can tell."""
    fields, wanted = brought(edge, nodes[edge.source], answers), taken(nodes[edge.target])
    return fields is None or wanted is None or bool(fields.keys() & wanted.keys())


def _said(types: frozenset[str] | None) -> str:
    return " or ".join(WORDS.get(kind, f"a {kind}") for kind in sorted(types or ()))
