"""A server's tool as it was listed: checked, cut to size, and known by its hash. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache
from itertools import islice
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from maestro.errors import InvalidNodeInput

from .strictness import TooTangled, declares, faults, inlined, tamed

JSON = dict[str, Any]
NAME = re.compile(r"[A-Za-z0-9_-]{1,48}")
MAX_DESCRIPTION = 2_000
MAX_SCHEMA = 32 * 1024
MAX_FAULTS = 10
MAX_KEPT = 400
GONE = "the server no longer lists it"


@dataclass(frozen=True)
class ToolSpec:
    """`fault`: why it cannot be called; `changed`: the server tells it otherwise than a person last
    saw, so it is not called until one looks. `reads`: the server says that it changes nothing
    (`says_it_reads`), and a person has confirmed that. `agreed`: what was told when somebody last
    accepted it, of one that is `changed` and was known."""

    name: str
    description: str
    input_schema: JSON
    output_schema: JSON | None
    says_it_reads: bool
    sha256: str
    fault: str = ""
    changed: bool = False
    reads: bool = False
    agreed: JSON | None = None

    def as_json(self) -> JSON:
        return asdict(self)

    def told(self) -> JSON:
        """What the server says of it, as far as it is kept."""
        return {
            "description": self.description,
            "takes": self.input_schema,
            "gives": self.output_schema,
            "says it changes nothing": self.says_it_reads,
        }

    def accepted(self, *, reads: bool) -> ToolSpec:
        """As it is told now."""
        return replace(self, changed=False, reads=reads, agreed=None)

    def takes(self) -> JSON:
        """Its input as people, forms and models are shown it."""
        return {"properties": {}, **inlined(tamed(self.input_schema))}

    def gives(self) -> JSON | None:
        return inlined(tamed(self.output_schema)) if self.output_schema else None

    def fit(self, given: Mapping[str, Any]) -> JSON:
        """Of the input what the tool declares; InvalidNodeInput with the places that do not fit."""
        schema = tamed(self.input_schema)
        is_declared = declares(schema)
        taken = {name: value for name, value in given.items() if is_declared(name)}
        try:
            found = list(islice(faults(schema, taken), MAX_FAULTS))
        except TooTangled:
            raise InvalidNodeInput(f"{self.name} has a schema that goes in circles") from None
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


def renewed(before: list[ToolSpec], listed: list[ToolSpec], *, is_first: bool) -> list[ToolSpec]:
    """The tools as listed now. One that a person has not seen in this form is `changed`, unless
    nobody looked at the server before; one that stayed the same keeps what was confirmed of it.
    One that is no longer listed stays, so that it cannot come back as another unseen."""
    known = {spec.name: spec for spec in before}
    found = [_renewed(known.get(spec.name), spec, is_first) for spec in listed]
    names = {spec.name for spec in listed}
    gone = [_gone(spec) for spec in before if spec.name not in names]
    return [*found, *gone[: MAX_KEPT - len(found)]]


def _renewed(old: ToolSpec | None, spec: ToolSpec, is_first: bool) -> ToolSpec:
    if old is None:
        return replace(spec, changed=not is_first)
    if old.sha256 == spec.sha256:
        return replace(spec, changed=old.changed, reads=old.reads, agreed=old.agreed)
    return replace(spec, changed=True, agreed=old.agreed if old.changed else old.told())


def _gone(spec: ToolSpec) -> ToolSpec:
    return replace(spec, fault=GONE)


def _fault(name: str, input_schema: JSON, output_schema: JSON | None) -> str:
    if NAME.fullmatch(name) is None:
        return "its name has other signs than letters, digits, _ and -, or is too long"
    try:
        if len(json.dumps([input_schema, output_schema])) > MAX_SCHEMA:
            return f"its schemas have more than {MAX_SCHEMA:,} characters"
        if "\\u0000" in json.dumps([input_schema, output_schema]):
            return "its schemas hold a NUL character"
        Draft202012Validator.check_schema(tamed(input_schema))
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
