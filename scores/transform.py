"""What an edge carries and how a node's input comes together. Pure; nothing given is changed."""

from collections.abc import Iterable

from .document import JSON

_MISSING = object()


def carry(output: JSON, transform: dict[str, str] | None) -> JSON:
    """What arrives of `output` at the far end of an edge.

    Every field keeps its name; then `transform` {source: target} renames. A top-level source is
    moved, a dotted one (`person.email`) copied out of its parent; a dotted target builds objects;
    a missing source does nothing; of two sources for one target the later key holds.
    """
    if not transform:
        return dict(output)
    carried = {name: value for name, value in output.items() if name not in transform}
    for source, target in transform.items():
        value = _take(output, source)
        if value is not _MISSING:
            _put(carried, target, value)
    return carried


def merge(params: JSON, carried: Iterable[JSON]) -> JSON:
    """A node's input: its params, covered by what its edges carried, the later edge on top."""
    merged = dict(params)
    for fields in carried:
        merged.update(fields)
    return merged


def _take(output: JSON, path: str) -> object:
    value: object = output
    for name in path.split("."):
        if not isinstance(value, dict) or name not in value:
            return _MISSING
        value = value[name]
    return value


def _put(fields: JSON, path: str, value: object) -> None:
    *parents, name = path.split(".")
    for parent in parents:
        inner = fields.get(parent)
        # A copy, because the object may still belong to the recorded output.
        fields[parent] = dict(inner) if isinstance(inner, dict) else {}
        fields = fields[parent]
    fields[name] = value
