"""A stranger's JSON Schema: as much of it as can be checked without harm, and checked within bounds. Pure.

Patterns are matched by an engine whose time is linear, references lead nowhere but into the schema
itself, and following them is counted: a schema of a few lines can otherwise take for ever.
"""

from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend
from pydantic import StringConstraints, TypeAdapter
from pydantic import ValidationError as Mismatch
from pydantic_core import SchemaError
from referencing import Registry

JSON = dict[str, Any]
# What has a meaning of its own beyond this schema, or is followed by the validator uncounted.
LEFT_OUT = {"$id", "$schema", "$anchor", "$dynamicRef", "$dynamicAnchor", "$recursiveRef"}
LEFT_OUT |= {"unevaluatedProperties", "unevaluatedItems", "contentSchema"}
NAMED = {"properties", "$defs", "definitions", "patternProperties", "dependentSchemas"}
VALUES = {"enum", "const", "default", "examples", "required"}
DEFINITIONS = {"$defs", "definitions"}
BRANCHES = ("allOf", "anyOf", "oneOf")
ASIDES = ("if", "then", "else")
MAX_FOLLOWED = 2_000
MAX_INLINED = 500
MAX_DEPTH = 5

_followed: ContextVar[int] = ContextVar("followed")


class TooTangled(Exception):
    """The schema refers to itself more often than anyone follows."""


def tamed(schema: Any) -> Any:  # noqa: ANN401  # any JSON
    """The schema without what cannot be checked; what is left out refuses nothing."""
    return _tamed(schema, schema)


def _tamed(part: Any, whole: Any) -> Any:  # noqa: ANN401
    if isinstance(part, list):
        return [_tamed(inner, whole) for inner in part]
    if not isinstance(part, dict):
        return part
    kept = {name: inner for name, inner in part.items() if _is_kept(name, inner, whole)}
    return _as_of_2020({name: _keyword(name, inner, whole) for name, inner in kept.items()})


def _is_kept(name: str, inner: object, whole: object) -> bool:
    if name == "$ref":
        return isinstance(inner, str) and _at(inner, whole) is not None
    return name not in LEFT_OUT and (name != "pattern" or _pattern(inner) is not None)


def _keyword(name: str, inner: Any, whole: Any) -> Any:  # noqa: ANN401
    if name in VALUES:
        return inner
    if name not in NAMED or not isinstance(inner, dict):
        return _tamed(inner, whole)
    is_pattern = name == "patternProperties"
    named = {key: _tamed(one, whole) for key, one in inner.items()}
    return {key: one for key, one in named.items() if not is_pattern or _pattern(key)}


def _as_of_2020(part: JSON) -> JSON:
    """Lists of items as older drafts wrote them."""
    if not isinstance(part.get("items"), list):
        return part
    rest = {name: one for name, one in part.items() if name not in ("items", "additionalItems")}
    further = {"items": part["additionalItems"]} if "additionalItems" in part else {}
    return {**rest, "prefixItems": part["items"], **further}


def _at(reference: str, whole: object) -> JSON | bool | None:
    """What `#/$defs/x` points at; None for nothing, and for all that lies outside."""
    if not reference.startswith("#"):
        return None
    found: object = whole
    for step in filter(None, reference[1:].split("/")):
        name = step.replace("~1", "/").replace("~0", "~")
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, dict | bool) else None


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> Callable[[str], bool] | None:
    try:
        adapter: TypeAdapter[str] = TypeAdapter(Annotated[str, StringConstraints(pattern=pattern)])
    except SchemaError:
        return None  # look-around and the like, or too large

    def matches(text: str) -> bool:
        try:
            adapter.validate_python(text)
        except Mismatch:
            return False
        return True

    return matches


def _pattern(written: object) -> Callable[[str], bool] | None:
    return _compiled(written) if isinstance(written, str) else None


def inlined(schema: JSON) -> JSON:
    """The tamed schema without references, for those who show it: each in its place, to a depth."""
    shown: JSON = _inlined(schema, schema, 0, [MAX_INLINED])
    return shown


def _inlined(part: Any, whole: JSON, depth: int, left: list[int]) -> Any:  # noqa: ANN401
    if isinstance(part, list):
        return [_inlined(inner, whole, depth, left) for inner in part]
    if not isinstance(part, dict):
        return part
    rest = {name: inner for name, inner in part.items() if name not in {"$ref", *DEFINITIONS}}
    own = {n: v if n in VALUES else _inlined(v, whole, depth, left) for n, v in rest.items()}
    target = _at(part["$ref"], whole) if isinstance(part.get("$ref"), str) else None
    if not isinstance(target, dict) or depth == MAX_DEPTH or left[0] <= 0:
        return own
    left[0] -= 1
    return {**_inlined(target, whole, depth + 1, left), **own}


def declares(schema: JSON) -> Callable[[str], bool]:
    """Whether a schema names a field, at its top or in what it is put together of."""
    parts = list(_parts(schema, schema, set()))
    names = {name for part in parts for name in part.get("properties", {})}
    patterns = {text for part in parts for text in part.get("patternProperties", {})}
    if any(part.get("additionalProperties") not in (None, False) for part in parts):
        return lambda name: True
    return lambda name: name in names or any(_matches(text, name) for text in patterns)


def _parts(part: object, whole: JSON, seen: set[str]) -> Iterator[JSON]:
    if not isinstance(part, dict):
        return
    yield part
    reference = part.get("$ref")
    if isinstance(reference, str) and reference not in seen:
        seen.add(reference)
        yield from _parts(_at(reference, whole), whole, seen)
    for word in BRANCHES:
        for inner in part.get(word, []):
            yield from _parts(inner, whole, seen)
    for word in ASIDES:
        yield from _parts(part.get(word), whole, seen)


def faults(schema: JSON, given: Mapping[str, Any]) -> Iterator[ValidationError]:
    """What of the input does not fit a tamed schema. TooTangled instead of going on for ever."""
    _followed.set(0)
    try:
        checking = Checking(schema, registry=Registry(), format_checker=FORMATS)
        yield from checking.iter_errors(given)
    except RecursionError:
        raise TooTangled from None


def _matches(pattern: str, text: str) -> bool:
    compiled = _compiled(pattern)
    return compiled is not None and compiled(text)


def _reference(validator: Any, reference: str, instance: Any, schema: JSON) -> Any:  # noqa: ANN401
    _followed.set(_followed.get() + 1)
    if _followed.get() > MAX_FOLLOWED:
        raise TooTangled
    return Draft202012Validator.VALIDATORS["$ref"](validator, reference, instance, schema)


def _text(validator: Any, pattern: str, instance: Any, schema: JSON) -> Any:  # noqa: ANN401
    if isinstance(instance, str) and not _matches(pattern, instance):
        yield ValidationError(f"does not match {pattern}")


def _named_alike(validator: Any, parts: JSON, instance: Any, schema: JSON) -> Any:  # noqa: ANN401
    for pattern, part in parts.items() if isinstance(instance, dict) else ():
        for name in instance:
            if _matches(pattern, name):
                yield from validator.descend(instance[name], part, path=name, schema_path=pattern)


def _others(validator: Any, part: Any, instance: Any, schema: JSON) -> Any:  # noqa: ANN401
    if not isinstance(instance, dict):
        return
    patterns = schema.get("patternProperties", {})
    for name in instance:
        if name in schema.get("properties", {}) or any(_matches(p, name) for p in patterns):
            continue
        if part is False:
            yield ValidationError(f"{name} is not expected")
        else:
            yield from validator.descend(instance[name], part, path=name)


def _is_moment(instance: object) -> bool:
    return not isinstance(instance, str) or datetime.fromisoformat(instance).tzinfo is not None


def _is_uri(instance: object) -> bool:
    return not isinstance(instance, str) or bool(urlsplit(instance).scheme)


OWN = {
    "$ref": _reference,
    "pattern": _text,
    "patternProperties": _named_alike,
    "additionalProperties": _others,
}
Checking = extend(Draft202012Validator, OWN)
FORMATS = FormatChecker(formats=("date", "email", "ipv4", "ipv6", "uuid"))
FORMATS.checks("date-time", raises=ValueError)(_is_moment)
FORMATS.checks("uri", raises=ValueError)(_is_uri)
