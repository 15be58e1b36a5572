"""Does every edge join two nodes by ports they have, and rename fields in words?"""

from collections import Counter
from collections.abc import Iterator, Mapping

from pydantic import ValidationError

from maestro.errors import UnknownOperation
from scores.configs import config_of
from scores.document import DEFAULT, EdgeDocument, GraphDocument, NodeDocument
from scores.ports import ports_of

from .issue import Issue, error, nearest


def check_edges(document: GraphDocument) -> Iterator[Issue]:
    """Ends, ports, doubles and transforms; then the ports that configs name."""
    ports = {node.key: _ports(node) for node in document.nodes}
    for edge in document.edges:
        yield from _check_ends(edge, ports)
        yield from _check_transform(edge)
    ends = Counter((e.source, e.from_port, e.target, e.to_port) for e in document.edges)
    for edge in document.edges:
        if ends.pop((edge.source, edge.from_port, edge.target, edge.to_port), 1) > 1:
            yield error("doubled_edge", f"The edge {edge} is drawn twice; keep one.", edge)
    for node in document.nodes:
        yield from _check_named_ports(node, ports[node.key])


def _ports(node: NodeDocument) -> tuple[str, ...] | None:
    """None where another check already says why they cannot be known."""
    try:
        return ports_of(node)
    except (UnknownOperation, ValidationError):
        return None


def _check_ends(edge: EdgeDocument, ports: Mapping[str, tuple[str, ...] | None]) -> Iterator[Issue]:
    for end in (edge.source, edge.target):
        if end not in ports:
            message = f"The edge {edge} names {end}, which is no node; draw it anew or take it out."
            yield error("unknown_node", message, edge)
    known = ports.get(edge.source)
    if known is not None and edge.from_port not in known:
        mend = nearest(edge.from_port, known) or "; draw it from one of these."
        message = (
            f"The edge {edge}: {edge.source} has no port {edge.from_port}, it has {', '.join(known)}"
            f"{mend}"
        )
        yield error("unknown_port", message, edge)
    if edge.to_port != DEFAULT:
        message = f"The edge {edge} ends at a port {edge.to_port}; nodes are entered by {DEFAULT}."
        yield error("unknown_port", message, edge)


def _check_transform(edge: EdgeDocument) -> Iterator[Issue]:
    for path in (part for pair in (edge.transform or {}).items() for part in pair):
        if not all(path.split(".")):
            message = f"The edge {edge}: {path!r} names no field; write one like person.email."
            yield error("invalid_transform", message, edge)


def _check_named_ports(node: NodeDocument, ports: tuple[str, ...] | None) -> Iterator[Issue]:
    if ports is None:
        return
    try:
        config = config_of(node)
    except ValidationError:
        return
    named = [*config.ends, *([config.sample.port] if config.sample else [])]
    for port in named:
        if port not in ports:
            message = f"{node.key}: its config names the port {port}; it has {', '.join(ports)}."
            yield error("unknown_port", message, node)
