"""An agent's output schema, as the far end can hold the model to it. Pure."""

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from typing import Any

from .errors import UnusableSchema

JSON = dict[str, Any]
ANNOTATIONS = {"$schema", "$id", "$comment", "examples", "default"}
NAMED = ("properties", "$defs")
CHOICES = ("anyOf", "oneOf", "allOf")
UNSPEAKABLE = {"patternProperties", "not", "if", "dependentSchemas", "prefixItems", "$dynamicRef"}
DEFS = "#/$defs/"


class _Unspeakable(Exception):
    """This part cannot be said without changing what it means."""


def expressible(schema: JSON) -> JSON | None:
    """The schema in the dialect of structured outputs; None when that would change its meaning.

    An object whose fields are not all named cannot be said there: only `{}` would be allowed.
    Bounds like `minimum` stay in; whoever sends it moves them into words. UnusableSchema when it
    refers to another document.
    """
    try:
        spoken = _spoken(_renamed(schema))
        if isinstance(spoken.get("$defs"), dict):
            _refuse_circles(spoken["$defs"])
    except (_Unspeakable, RecursionError):
        return None
    return spoken


def _renamed(value: Any) -> Any:  # noqa: ANN401
    """With the old word `definitions` as today's `$defs`."""
    if isinstance(value, list):
        return [_renamed(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    renamed = {("$defs" if k == "definitions" else k): _renamed(v) for k, v in value.items()}
    if isinstance(renamed.get("$ref"), str):
        renamed["$ref"] = renamed["$ref"].replace("#/definitions/", DEFS)
    return renamed


def _spoken(schema: object) -> JSON:
    if not isinstance(schema, dict):
        raise _Unspeakable  # `true` and `false` are schemas, too
    if "$ref" in schema:
        _check_reference(schema["$ref"])
    if UNSPEAKABLE & schema.keys() or _is_open(schema) or _is_vague(schema):
        raise _Unspeakable
    told = {name: _inner(name, v) for name, v in schema.items() if name not in ANNOTATIONS}
    return _one_type_each(told)


def _inner(name: str, value: Any) -> Any:  # noqa: ANN401
    """What is below one keyword, spoken."""
    if name in NAMED:
        return {key: _spoken(part) for key, part in value.items()}
    if name in CHOICES:
        return [_spoken(part) for part in value]
    return _spoken(value) if name == "items" else value


def _check_reference(reference: str) -> None:
    if not reference.startswith("#"):
        message = f"The output schema refers to {reference}, which is outside of it; write it out."
        raise UnusableSchema(message)
    if not reference.startswith(DEFS):
        raise _Unspeakable


def _is_open(schema: JSON) -> bool:
    """An object that may have fields nobody named."""
    further = schema.get("additionalProperties", False)
    return "object" in _types(schema) and (bool(further) or not schema.get("properties"))


def _is_vague(schema: JSON) -> bool:
    """No single word says what it is: no type, a type beside a choice, a list of anything, values
    that are objects."""
    types, chosen = _types(schema), any(name in schema for name in CHOICES)
    values = [*schema.get("enum", ["one"]), schema.get("const")]
    if len(values) == 1 or any(isinstance(value, dict | list) for value in values):
        return True
    if types:
        return chosen or ("array" in types and "items" not in schema)
    return not (chosen or {"$ref", "enum", "const"} & schema.keys())


def _types(schema: JSON) -> list[str]:
    kind = schema.get("type", [])
    return [kind] if isinstance(kind, str) else list(kind)


def _one_type_each(schema: JSON) -> JSON:
    """`{"type": ["string", "null"]}` as an anyOf of two."""
    if not isinstance(schema.get("type"), list) or "enum" in schema:
        return schema
    told: JSON = {name: schema[name] for name in ("title", "description") if name in schema}
    rest = {name: v for name, v in schema.items() if name not in {"type", *told}}
    options = [{"type": kind, **(rest if kind != "null" else {})} for kind in schema["type"]]
    return {**told, "anyOf": options}


def _refuse_circles(definitions: JSON) -> None:
    """The far end unrolls definitions, so none may contain itself."""
    try:
        TopologicalSorter({n: set(_references(part)) for n, part in definitions.items()}).prepare()
    except CycleError:
        raise _Unspeakable from None


def _references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"].removeprefix(DEFS)
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from _references(inner)
