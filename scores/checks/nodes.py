"""Does each node say what its kind needs, and nothing else?"""

from collections import Counter
from collections.abc import Iterator

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError
from pydantic import ValidationError

from agents.conditions import compile_condition
from maestro.errors import InvalidInput
from scores.configs import BranchConfig, ParallelConfig, config_of
from scores.document import ON_ERROR, GraphDocument, NodeDocument
from scores.ports import own_ports

from .issue import Issue, Words, error, words

WANTED = {
    "deterministic": {"skill", "operation"},
    "llm": {"agent_id"},
    "control": {"subkind"},
}
OPTIONAL = {"llm": {"agent_version"}}
MENDS = {  # by what is wrong, and where
    ("missing", ""): "it is not there; say it",
    ("extra_forbidden", ""): "this kind of node has no such setting; take it out",
    ("too_short", ""): "it is empty; give at least one",
    ("string_too_short", ""): "it is empty; say it",
    ("too_short", "body_node_ids"): "nothing is played for the items; put a step into the map",
}
TELLING = ("skill", "operation", "agent_id", "agent_version", "subkind", "subscore_id")


def check_nodes(document: GraphDocument) -> Iterator[Issue]:
    """All that can be said of a node without its edges or the database."""
    for key, count in Counter(node.key for node in document.nodes).items():
        if count > 1:
            message = f"{count} nodes have the key {key}; give each its own."
            yield Issue("error", "doubled_key", Words(message), key)
    for node in document.nodes:
        yield from _check_fields(node)
        yield from _check_config(node)
        yield from _check_schema(node)


def _check_fields(node: NodeDocument) -> Iterator[Issue]:
    wanted = WANTED[node.kind] | ({"subscore_id"} if node.subkind == "subscore" else set())
    for name in TELLING:
        given = getattr(node, name) not in ("", None)
        if name in wanted and not given:
            message = words("{node} is {kind}; choose its {setting}.", **_named(node, name))
            yield error("missing_field", message, node)
        if given and name not in wanted | OPTIONAL.get(node.kind, set()):
            message = words(
                "{node} is {kind} and cannot have {setting}; take it out.", **_named(node, name)
            )
            yield error("unexpected_field", message, node)
    if node.kind == "control" and node.timeout_seconds is not None and node.subkind != "subscore":
        message = words(
            "{node} is a {subkind} and cannot have {setting}; take it out.",
            node=node.key, subkind=node.subkind, setting="timeout_seconds",
        )  # fmt: skip
        yield error("unexpected_field", message, node)


def _named(node: NodeDocument, setting: str) -> dict[str, str]:
    return {"node": node.key, "kind": node.kind, "setting": setting}


def _check_config(node: NodeDocument) -> Iterator[Issue]:
    try:
        config = config_of(node)
    except ValidationError as refusal:
        for fault in refusal.errors(include_url=False, include_context=False, include_input=False):
            place = ".".join(map(str, fault["loc"]))
            told = MENDS.get((fault["type"], place)) or MENDS.get(
                (fault["type"], ""), _plain(fault["msg"])
            )
            said = words(
                "{node}: {setting}: {fault}.", node=node.key, setting=f"config.{place}", fault=told
            )
            yield error("invalid_config", said, node)
        return
    if isinstance(config, BranchConfig | ParallelConfig) and ON_ERROR in own_ports(node):
        message = f"{node.key}: the port {ON_ERROR} is taken by errors; name yours differently."
        yield error("reserved_port", message, node)
    if isinstance(config, BranchConfig):
        yield from _check_conditions(node, config)


def _plain(words: str) -> str:
    return words.removeprefix("Value error, ")


def _check_conditions(node: NodeDocument, config: BranchConfig) -> Iterator[Issue]:
    for case in config.conditions:
        try:
            compile_condition(case.when)
        except InvalidInput as refusal:
            message = f"{node.key}, its condition for {case.port}: {refusal}"
            yield error("invalid_condition", message, node)


def _check_schema(node: NodeDocument) -> Iterator[Issue]:
    if node.input_schema is None:
        return
    try:
        Draft202012Validator.check_schema(node.input_schema)
    except SchemaError as refusal:
        message = words(
            "{node}: {setting} is not a JSON Schema: {fault}",
            node=node.key, setting="input_schema", fault=refusal.message,
        )  # fmt: skip
        yield error("invalid_schema", message, node)
