"""What can be played, but hardly as meant: warnings, for graphs without errors."""

from collections.abc import Iterator

from pydantic import BaseModel

from agents.skills.registry import find
from scores.configs import config_of
from scores.document import ON_ERROR, EdgeDocument, GraphDocument, NodeDocument
from scores.graph import Graph
from scores.ports import own_ports

from .issue import Issue, warning
from .likelihood import Likelihood


def check_surprises(document: GraphDocument) -> Iterator[Issue]:
    """Forgotten ports, joins that do not wait, fields that may not come, circles that are none."""
    likely = Likelihood(document)
    for node in document.nodes:
        yield from _check_forgotten_ports(node, document)
        yield from _check_join(node, likely)
        yield from _check_fields(node, likely)
        yield from _check_passes(node, likely.graph)


def _check_forgotten_ports(node: NodeDocument, document: GraphDocument) -> Iterator[Issue]:
    ports = set(own_ports(node)) if node.subkind != "map_over" else set()
    followed = {edge.from_port for edge in document.edges if edge.source == node.key}
    forgotten = ports - followed - set(config_of(node).ends)
    if not ports & followed:
        return
    for port in sorted(forgotten):
        message = f"Nothing follows {node.key}.{port}; draw an edge, or name it in config.ends."
        yield warning("port_goes_nowhere", message, node)


def _check_join(node: NodeDocument, likely: Likelihood) -> Iterator[Issue]:
    edges = likely.into(node.key)
    always = [edge for edge in edges if likely.one_delivers(edge)]
    chosen = [edge for edge in edges if edge not in always and edge.from_port != ON_ERROR]
    if "join" not in node.config and always and chosen:
        message = (
            f"{node.key} plays even when {chosen[0]} is not taken, because {always[0]} always is; "
            "set config.join to all if it shall wait for both, else to any."
        )
        yield warning("join_does_not_wait", message, node)


def _check_fields(node: NodeDocument, likely: Likelihood) -> Iterator[Issue]:
    edges = likely.into(node.key)
    config = config_of(node)
    if node.kind != "deterministic" or config.join == "all" or len(edges) < 2:
        return
    brought = [(edge, _fields_over(edge, likely.graph.nodes[edge.source])) for edge in edges]
    if any(fields is None for _, fields in brought):
        return
    for name in _required(find(node.skill, node.operation).input_model) - config.params.keys():
        bringing = tuple(edge for edge, fields in brought if fields and name in fields)
        if bringing and len(bringing) < len(edges) and not likely.one_delivers(*bringing):
            message = f"{node.key} needs {name}, which comes only over {bringing[0]}; that edge may not be taken."
            yield warning("field_may_not_come", message, node)


def _check_passes(node: NodeDocument, graph: Graph) -> Iterator[Issue]:
    edges_back = graph.scope(graph.owner_of(node.key)).edges_back()
    if config_of(node).max_passes and node.key not in {edge.target for edge in edges_back}:
        message = (
            f"{node.key} may be passed {config_of(node).max_passes} times, but no edge leads back "
            "to it; draw one, or take config.max_passes out."
        )
        yield warning("never_passed_again", message, node)


def _required(model: type[BaseModel]) -> set[str]:
    return {f.alias or name for name, f in model.model_fields.items() if f.is_required()}


def _fields_over(edge: EdgeDocument, source: NodeDocument) -> set[str] | None:
    """The fields an edge brings; None where only a run can tell."""
    if source.kind != "deterministic" or edge.from_port == ON_ERROR:
        return None
    model = find(source.skill, source.operation).output_model
    if model.model_config.get("extra") == "allow":
        return None
    names = {field.alias or name for name, field in model.model_fields.items()}
    renames = edge.transform or {}
    return names - renames.keys() | {target.split(".")[0] for target in renames.values()}
