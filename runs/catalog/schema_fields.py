"""A JSON Schema of an operation as rows of a table: name, type in words, bounds, default. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

JSON = dict[str, Any]
BOUNDS = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "minLength": "at least {} character{}",
    "maxLength": "at most {} character{}",
    "minItems": "at least {}",
    "maxItems": "at most {}",
}
MAX_DEPTH = 4


@dataclass(frozen=True)
class SchemaField:
    """`schema` is the field's own, with its references followed one step."""

    name: str
    type: str
    is_required: bool
    description: str
    bounds: str
    schema: JSON
    has_default: bool
    default: object


def fields_of(schema: JSON) -> list[SchemaField]:
    """The fields at the top of an object's schema, the required ones first."""
    required = set(schema.get("required", []))
    found = [
        _field(name, followed(part, schema), schema, name in required)
        for name, part in schema.get("properties", {}).items()
    ]
    return sorted(found, key=lambda field: not field.is_required)


def followed(part: Any, whole: JSON) -> JSON:  # noqa: ANN401  # hostile schemas hold anything
    """The part itself, or the definition it refers to, with what it says beside the reference."""
    if not isinstance(part, dict):
        return {}
    reference = part.get("$ref")
    if not isinstance(reference, str) or not reference.startswith("#/$defs/"):
        return part
    definition = whole.get("$defs", {}).get(reference.removeprefix("#/$defs/"), {})
    rest = {name: value for name, value in part.items() if name != "$ref"}
    return {**definition, **rest} if isinstance(definition, dict) else rest


def _field(name: str, part: JSON, whole: JSON, is_required: bool) -> SchemaField:
    bounds = [
        text.format(f"{value:,}", "" if value == 1 else "s")
        for key, text in BOUNDS.items()
        if _is_bound(value := part.get(key))
    ]
    return SchemaField(
        name=name,
        type=type_in_words(part, whole),
        is_required=is_required,
        description=str(part.get("description", "")),
        bounds=", ".join([*bounds, *_forms(part)]),
        schema=part,
        has_default="default" in part,
        default=part.get("default"),
    )


def _forms(part: JSON) -> Iterator[str]:
    """What a text has to look like."""
    if isinstance(part.get("format"), str):
        yield f"a text of the form {part['format']}"
    if isinstance(part.get("pattern"), str):
        yield f"matching {part['pattern']}"


def _is_bound(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def type_in_words(part: JSON, whole: JSON, depth: int = 0) -> str:
    """`text`, `list of text`, `text or null`, `one of a, b`."""
    part = followed(part, whole)
    if depth > MAX_DEPTH:
        return "any"
    if "enum" in part or "const" in part:
        return "one of " + ", ".join(str(v) for v in part.get("enum", [part.get("const")]))
    if options := part.get("anyOf") or part.get("oneOf"):
        words = dict.fromkeys(type_in_words(option, whole, depth + 1) for option in options)
        return " or ".join(words)
    return " or ".join(_words(kind, part, whole, depth) for kind in _kinds(part)) or "any"


def _kinds(part: JSON) -> Iterator[str]:
    kind = part.get("type", [])
    yield from [kind] if isinstance(kind, str) else kind


def _words(kind: str, part: JSON, whole: JSON, depth: int) -> str:
    match kind:
        case "string":
            return "text"
        case "array":
            return f"list of {type_in_words(part.get('items', {}), whole, depth + 1)}"
        case "boolean":
            return "yes or no"
        case "integer":
            return "whole number"
    return kind
