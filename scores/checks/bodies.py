"""Does every map hold a body of its own?"""

from collections.abc import Iterator, Mapping

from pydantic import ValidationError

from scores.configs import MapOverConfig, config_of
from scores.document import GraphDocument, NodeDocument

from .issue import Issue, error, words


def check_bodies(document: GraphDocument) -> Iterator[Issue]:
    """Bodies of known nodes, each in one map, none around itself, all reached by an edge."""
    nodes = {node.key: node for node in document.nodes}
    reached = {edge.target for edge in document.edges}
    holders: dict[str, str] = {}
    for holder in document.nodes:
        for key in _body(holder):
            if key not in nodes:
                said = words(
                    "{node}: {setting} names {key}, which is no node; take it out.",
                    node=holder.key, setting="config.body_node_ids", key=key,
                )  # fmt: skip
                yield error("unknown_body_node", said, holder)
                continue
            if key in holders:
                message = (
                    f"{key} is in the bodies of {holders[key]} and {holder.key}; keep it in one."
                )
                yield error("doubled_body_node", message, nodes[key])
            holders[key] = holder.key
            if key not in reached:
                message = f"No edge leads to {key} in the body of {holder.key}; draw one from its port item."
                yield error("unreached_body_node", message, nodes[key])
    yield from _check_nesting(nodes, holders)


def _body(node: NodeDocument) -> list[str]:
    try:
        config = config_of(node)
    except ValidationError:
        return []
    return config.body_node_ids if isinstance(config, MapOverConfig) else []


def _check_nesting(
    nodes: Mapping[str, NodeDocument], holders: Mapping[str, str]
) -> Iterator[Issue]:
    for key in holders:
        seen, holder = [key], holders.get(key)
        while holder is not None and holder not in seen:
            seen.append(holder)
            holder = holders.get(holder)
        if holder == key:
            message = f"{key} lies in its own body ({' in '.join([*seen, key])}); take it out."
            yield error("map_in_itself", message, nodes[key])
