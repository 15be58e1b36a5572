"""What can be played, but hardly as meant: warnings, for graphs without errors."""

from collections.abc import Iterator

from scores.configs import config_of
from scores.document import ON_ERROR, GraphDocument, NodeDocument
from scores.graph import Graph
from scores.ports import own_ports

from .fields import check_fields
from .issue import Issue, warning, words
from .likelihood import Likelihood
from .params import check_params
from .shapes import Answers
from .unplayed import check_unplayed


def check_surprises(document: GraphDocument, answers: Answers) -> Iterator[Issue]:
    """Forgotten ports, joins that do not wait, circles that are none, nodes that are never played,
    fields and params that do not suit."""
    likely = Likelihood(document)
    for node in document.nodes:
        yield from _check_forgotten_ports(node, document)
        yield from _check_join(node, likely)
        yield from _check_passes(node, likely.graph)
        yield from _check_retry(node)
        yield from check_params(node)
    yield from check_unplayed(likely.graph)
    yield from check_fields(document, likely, answers)


def _check_forgotten_ports(node: NodeDocument, document: GraphDocument) -> Iterator[Issue]:
    ports = set(own_ports(node)) if node.subkind != "map_over" else set()
    followed = {edge.from_port for edge in document.edges if edge.source == node.key}
    forgotten = ports - followed - set(config_of(node).ends)
    if not ports & followed:
        return
    for port in sorted(forgotten):
        message = words(
            "Nothing follows {node}.{port}; draw an edge, or mark it as an end ({setting}).",
            node=node.key, port=port, setting="config.ends",
        )  # fmt: skip
        yield warning("port_goes_nowhere", message, node)


def _check_join(node: NodeDocument, likely: Likelihood) -> Iterator[Issue]:
    edges = likely.into(node.key)
    always = [edge for edge in edges if likely.one_delivers(edge)]
    chosen = [edge for edge in edges if edge not in always and edge.from_port != ON_ERROR]
    if "join" not in node.config and always and chosen:
        message = words(
            "{node} plays even when {chosen} is not taken, because {always} always is; set {setting} "
            "to all if it shall wait for both, else to any.",
            node=node.key, chosen=str(chosen[0]), always=str(always[0]), setting="config.join",
        )  # fmt: skip
        yield warning("join_does_not_wait", message, node)


def _check_passes(node: NodeDocument, graph: Graph) -> Iterator[Issue]:
    edges_back = graph.scope(graph.owner_of(node.key)).edges_back()
    if config_of(node).max_passes and node.key not in {edge.target for edge in edges_back}:
        message = words(
            "{node} may be passed {times} times, but no edge leads back to it; draw one, or take "
            "{setting} out.",
            node=node.key, times=str(config_of(node).max_passes), setting="config.max_passes",
        )  # fmt: skip
        yield warning("never_passed_again", message, node)


def _check_retry(node: NodeDocument) -> Iterator[Issue]:
    if node.kind == "control" and node.retry.attempts > 1:
        message = f"{node.key} is a {node.subkind}, which is not tried again; take its retry out."
        yield warning("never_tried_again", message, node)
