"""A plausible value for a JSON Schema: the last resort of a rehearsal."""

from typing import Any

MAX_DEPTH = 12  # a schema may refer to itself

PLAIN: dict[str, Any] = {
    "string": "sample",
    "integer": 1,
    "number": 0.5,
    "boolean": True,
    "null": None,
}


def example_for(schema: dict[str, Any], iteration: str) -> Any:  # noqa: ANN401
    """The same for an iteration: of several examples each item of a map gets the next one."""
    examples = schema.get("examples") or [example_of(schema)]
    number = iteration.rpartition(":")[2]
    return examples[int(number) % len(examples) if number.isdecimal() else 0]


def example_of(schema: dict[str, Any], root: dict[str, Any] | None = None, depth: int = 0) -> Any:  # noqa: ANN401
    """A value of the schema's shape: its own example, default, const or first choice come first."""
    root = schema if root is None else root
    if depth > MAX_DEPTH:
        return None
    for name in ("examples", "enum"):
        if schema.get(name):
            return schema[name][0]
    for name in ("default", "const"):
        if name in schema:
            return schema[name]
    if "$ref" in schema:
        return example_of(_resolve(schema["$ref"], root), root, depth + 1)
    for name in ("anyOf", "oneOf", "allOf"):
        if schema.get(name):
            return example_of(schema[name][0], root, depth + 1)
    return _of_type(schema, root, depth)


def _of_type(schema: dict[str, Any], root: dict[str, Any], depth: int) -> Any:  # noqa: ANN401
    kind = schema.get("type", "object" if "properties" in schema else "string")
    if isinstance(kind, list):
        kind = kind[0]
    if kind == "object":
        properties = schema.get("properties", {})
        return {name: example_of(inner, root, depth + 1) for name, inner in properties.items()}
    if kind == "array":
        inner = schema.get("items", {})
        return [example_of(inner, root, depth + 1)] * max(1, schema.get("minItems", 1))
    if kind in ("integer", "number") and "minimum" in schema:
        return schema["minimum"]
    return PLAIN.get(kind)


def _resolve(reference: str, root: dict[str, Any]) -> dict[str, Any]:
    """`#/$defs/name` within the schema; anything else is not followed."""
    found: Any = root
    for name in reference.removeprefix("#/").split("/"):
        found = found.get(name, {}) if isinstance(found, dict) else {}
    return found if isinstance(found, dict) else {}
