"""What fields an edge brings and a node takes, with their types in words of JSON Schema. Pure.

A field maps to the set of types it may have; None stands for any. Fields that only a run can tell
are no dict but None.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.functional_validators import BeforeValidator, PlainValidator, WrapValidator

from agents.skills.registry import find
from scores.configs import GateConfig, MapOverConfig, config_of
from scores.document import ITEM, ON_ERROR, EdgeDocument, NodeDocument

JSON = dict[str, Any]
Types = frozenset[str] | None
Fields = dict[str, Types]
Answers = Mapping[tuple[str, int | None], JSON | None]

TAKEN_AS = {  # what else is read as a field's type
    "integer": {"number", "string"},
    "number": {"integer", "string"},
    "boolean": {"integer", "string"},
}
READING = (BeforeValidator, PlainValidator, WrapValidator)


def brought(edge: EdgeDocument, source: NodeDocument, answers: Answers) -> Fields | None:
    """By name, what the edge carries into its target."""
    given = _given(source, edge.from_port, answers)
    return None if given is None else _renamed(given, edge.transform or {})


def unknown(edge: EdgeDocument, source: NodeDocument, answers: Answers) -> list[str]:
    """What the edge renames though its source never gives it; nothing where only a run can tell."""
    given = _given(source, edge.from_port, answers)
    if given is None:
        return []
    return [path for path in edge.transform or {} if path.partition(".")[0] not in given]


def taken(node: NodeDocument) -> Fields | None:
    """By name, what an operation reads."""
    if node.kind != "deterministic":
        return None
    return _input(find(node.skill, node.operation).input_model)


def listed(node: NodeDocument) -> Fields | None:
    """By name, the list whose items a map plays or a gate asks about."""
    config = config_of(node)
    if isinstance(config, MapOverConfig | GateConfig) and config.items_field:
        return {config.items_field: frozenset({"array"})}
    return None


def required(node: NodeDocument) -> set[str]:
    """The fields without which the node cannot be played."""
    if node.kind != "deterministic":
        return set(listed(node) or ())
    fields = find(node.skill, node.operation).input_model.model_fields.items()
    return {field.alias or name for name, field in fields if field.is_required()}


def fits(given: Types, wanted: Types) -> bool:
    """Whether a value of one of the types given may be read as one of those wanted."""
    if given is None or wanted is None:
        return True
    readable = set(wanted).union(*(TAKEN_AS.get(kind, ()) for kind in wanted))
    return bool(given & readable)


def _given(source: NodeDocument, port: str, answers: Answers) -> Fields | None:
    if port in (ON_ERROR, ITEM):
        return None
    if source.kind == "llm":
        return _closed(answers.get((source.agent_id or "", source.agent_version)))
    if source.kind == "deterministic":
        return _output(find(source.skill, source.operation).output_model)
    config = config_of(source)
    if isinstance(config, MapOverConfig):
        lists = dict.fromkeys([config.output_field, "errors"], frozenset({"array"}))
        return {**lists, "ended": frozenset({"integer"})}
    if isinstance(config, GateConfig):
        return dict.fromkeys(["approved", "dropped"], frozenset({"array"}))
    return None


def _renamed(given: Fields, transform: Mapping[str, str]) -> Fields:
    """As the walk renames: what is moved goes, what is reached into stays; only objects are reached into."""
    fields = dict(given)
    moved: Fields = {}
    for source, target in transform.items():
        name, _, inside = source.partition(".")
        if name not in given or (inside and not fits(given[name], frozenset({"object"}))):
            continue
        types = None if inside else fields.pop(name, None)
        field, _, deeper = target.partition(".")
        moved[field] = frozenset({"object"}) if deeper else types
    return fields | moved


def _closed(schema: JSON | None) -> Fields | None:
    """What an agent answers, when its schema says all of it."""
    if not schema or schema.get("additionalProperties") is not False:
        return None
    return {name: _types(one, schema) for name, one in schema.get("properties", {}).items()}


@cache
def _output(model: type[BaseModel]) -> Fields | None:
    if model.model_config.get("extra") == "allow":
        return None
    schema = model.model_json_schema(mode="serialization")
    return {name: _types(one, schema) for name, one in schema.get("properties", {}).items()}


@cache
def _input(model: type[BaseModel]) -> Fields | None:
    if model.model_config.get("extra") == "allow":
        return None
    schema = model.model_json_schema(mode="validation")
    fields = {name: _types(one, schema) for name, one in schema.get("properties", {}).items()}
    return fields | dict.fromkeys(_read_by_itself(model))


def _read_by_itself(model: type[BaseModel]) -> set[str]:
    """Fields that the model turns from whatever is given into what it says."""
    own = model.__pydantic_decorators__.field_validators.values()
    names = {name for one in own if one.info.mode != "after" for name in one.info.fields}
    for name, field in model.model_fields.items():
        if name in names or any(isinstance(rule, READING) for rule in field.metadata):
            names.add(field.alias or name)
    return names


def _types(schema: JSON, root: JSON) -> Types:
    if "$ref" in schema:
        return _types(_referred(schema["$ref"], root), root)
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            found = [_types(one, root) for one in schema[choice]]
            return None if None in found else frozenset().union(*filter(None, found))
    kind = schema.get("type")
    if isinstance(kind, str):
        return frozenset({kind})
    return frozenset(kind) if isinstance(kind, list) else None


def _referred(reference: str, root: JSON) -> JSON:
    found: Any = root
    for part in reference.removeprefix("#/").split("/"):
        found = found.get(part, {}) if isinstance(found, dict) else {}
    return found if isinstance(found, dict) else {}
