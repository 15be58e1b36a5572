"""A server's tool as it was listed: checked, cut to size, and known by its hash. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError
from referencing import Registry

from maestro.errors import InvalidNodeInput

JSON = dict[str, Any]
NAME = re.compile(r"[A-Za-z0-9_-]{1,48}")
MAX_DESCRIPTION = 2_000
MAX_SCHEMA = 32 * 1024
# Patterns of a stranger may take for ever, and references may lead outside.
UNTRUSTED = {"pattern", "patternProperties", "$ref", "$dynamicRef", "$id", "$schema", "format"}
MAX_FAULTS = 10


@dataclass(frozen=True)
class ToolSpec:
    """`fault`: why it cannot be called; `changed`: the server tells it otherwise than a person last
    saw, so it is not called until one looks. `reads`: the server says that it changes nothing
    (`says_it_reads`), and a person has confirmed that."""

    name: str
    description: str
    input_schema: JSON
    output_schema: JSON | None
    says_it_reads: bool
    sha256: str
    fault: str = ""
    changed: bool = False
    reads: bool = False

    def as_json(self) -> JSON:
        return asdict(self)

    def fit(self, given: Mapping[str, Any]) -> JSON:
        """Of the input what the tool declares; InvalidNodeInput with the places that do not fit."""
        names = self.input_schema.get("properties", {})
        open_ended = self.input_schema.get("additionalProperties") not in (None, False)
        taken = {k: v for k, v in given.items() if open_ended or k in names}
        validator = Draft202012Validator(without_untrusted(self.input_schema), registry=Registry())
        found = list(validator.iter_errors(taken))[:MAX_FAULTS]
        if found:
            fields = [
                {"place": ".".join(map(str, one.absolute_path)), "message": one.message[:200]}
                for one in found
            ]
            raise InvalidNodeInput(f"{self.name} cannot take this input", fields=fields)
        return taken


def spec_of(
    name: str,
    description: str | None,
    input_schema: JSON,
    output_schema: JSON | None,
    says_it_reads: bool,
) -> ToolSpec:
    """What the server told, made fit to be kept."""
    told = [name, description, input_schema, output_schema, says_it_reads]
    text = json.dumps(told, sort_keys=True, default=str).replace("\\u0000", "")
    fault = _fault(name, input_schema, output_schema)
    return ToolSpec(
        name=_clean(name)[:100],
        description=_clean(description or "")[:MAX_DESCRIPTION],
        input_schema={} if fault else input_schema,
        output_schema=None if fault else output_schema,
        says_it_reads=says_it_reads,
        sha256=hashlib.sha256(text.encode(errors="replace")).hexdigest(),
        fault=fault,
    )


def renewed(before: list[ToolSpec], listed: list[ToolSpec]) -> list[ToolSpec]:
    """The tools as listed now. One that a person has not seen in this form is `changed`, unless
    the server is new; one that stayed the same keeps what was confirmed of it."""
    known = {spec.name: spec for spec in before}
    return [_renewed(known.get(spec.name), spec, bool(before)) for spec in listed]


def _renewed(old: ToolSpec | None, spec: ToolSpec, was_listed: bool) -> ToolSpec:
    from_before = asdict(spec)
    if old is not None and old.sha256 == spec.sha256:
        return ToolSpec(**from_before | {"changed": old.changed, "reads": old.reads})
    return ToolSpec(**from_before | {"changed": was_listed})


def without_untrusted(schema: Any) -> Any:  # noqa: ANN401  # any JSON
    """The schema without what a stranger's could do harm with; the rest still bounds the input."""
    if isinstance(schema, list):
        return [without_untrusted(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: _named(part) if name in ("properties", "$defs") else without_untrusted(part)
        for name, part in schema.items()
        if name not in UNTRUSTED
    }


def _named(parts: object) -> object:
    """Below `properties` the names are the server's, not the schema language's."""
    if not isinstance(parts, dict):
        return parts
    return {name: without_untrusted(part) for name, part in parts.items()}


def _fault(name: str, input_schema: JSON, output_schema: JSON | None) -> str:
    if NAME.fullmatch(name) is None:
        return "its name has other signs than letters, digits, _ and -, or is too long"
    try:
        if len(json.dumps([input_schema, output_schema])) > MAX_SCHEMA:
            return f"its schemas have more than {MAX_SCHEMA:,} characters"
        if "\\u0000" in json.dumps([input_schema, output_schema]):
            return "its schemas hold a NUL character"
        Draft202012Validator.check_schema(without_untrusted(input_schema))
    except (SchemaError, ValueError, RecursionError, TypeError):
        return "its input schema is no JSON Schema"
    if input_schema.get("type") != "object":
        return "its input is no object"
    return ""


def _clean(text: str) -> str:
    return "".join(sign for sign in text if sign.isprintable() or sign in "\n\t")


@cache
def splits(operation: str) -> tuple[str, str] | None:
    """(server, tool) of `github.search`, or None."""
    server, dot, tool = operation.partition(".")
    return (server, tool) if dot and NAME.fullmatch(server) and NAME.fullmatch(tool) else None
