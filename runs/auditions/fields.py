"""Answers field by field. Pure."""

from collections.abc import Iterator
from typing import Any

JSON = dict[str, Any]
MISSING: Any = object()


def field_of(output: JSON, path: str) -> Any:  # noqa: ANN401
    """The value at `person.email`; MISSING when there is none."""
    value: Any = output
    for name in path.split("."):
        if not isinstance(value, dict) or name not in value:
            return MISSING
        value = value[name]
    return value


def deciding(schema: JSON | None) -> list[str]:
    """The fields whose values are one of a few: an answer is another one when they differ. Without any,
    nothing tells wording from meaning: the list is empty, and all fields count."""
    properties = (schema or {}).get("properties") or {}
    return [
        name
        for name, field in properties.items()
        if isinstance(field, dict)
        and ("enum" in field or "const" in field or field.get("type") == "boolean")
    ]


def is_another(old: JSON | None, new: JSON | None, fields: list[str]) -> bool:
    """Whether two answers differ in what decides, or one of them is none."""
    if old is None or new is None or not fields:
        return old != new
    return any(old.get(name, MISSING) != new.get(name, MISSING) for name in fields)


def differences(old: JSON | None, new: JSON | None) -> list[JSON]:
    """The top-level fields that differ, {"field", "old", "new"}; one that is not there is left out."""
    old, new = old or {}, new or {}
    return [
        {"field": name, **_sides(old, new, name)}
        for name in dict.fromkeys([*old, *new])
        if old.get(name, MISSING) != new.get(name, MISSING)
    ]


def texts_of(value: object) -> Iterator[str]:
    """All that is text or number in it."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from texts_of(inner)
    elif value is not None:
        yield str(value)


def _sides(old: JSON, new: JSON, name: str) -> JSON:
    return {side: answer[name] for side, answer in (("old", old), ("new", new)) if name in answer}
