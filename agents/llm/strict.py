"""Which tools' arguments the far end can be asked to hold the model to. Pure."""

from collections.abc import Iterable, Iterator
from typing import Any

from .errors import UnusableSchema
from .exchange import Tool
from .schema import expressible

JSON = dict[str, Any]
# What one request may ask for: the far end compiles all strict schemas together.
MAX_TOOLS, MAX_OPTIONAL, MAX_UNIONS = 20, 24, 16


def strict_schemas(tools: Iterable[Tool]) -> dict[str, JSON]:
    """By name, in the dialect of structured outputs, as many as one request may have. What is left
    out is asked for as it is, and checked when it is called all the same."""
    chosen: dict[str, JSON] = {}
    optional = unions = 0
    for tool in tools:
        schema = _expressed(tool)
        if schema is None or len(chosen) == MAX_TOOLS:
            continue
        parts = list(_parts(schema))
        more_optional = sum(len(_optional(part)) for part in parts)
        more_unions = sum("anyOf" in part for part in parts)
        if optional + more_optional > MAX_OPTIONAL or unions + more_unions > MAX_UNIONS:
            continue
        chosen[tool.name] = schema
        optional, unions = optional + more_optional, unions + more_unions
    return chosen


def _expressed(tool: Tool) -> JSON | None:
    try:
        return expressible(tool.input_schema)
    except UnusableSchema:
        return None


def _optional(part: JSON) -> set[str]:
    properties = part.get("properties")
    named = set(properties) if isinstance(properties, dict) else set()
    return named - set(part.get("required", []))


def _parts(value: object) -> Iterator[JSON]:
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from _parts(inner)
