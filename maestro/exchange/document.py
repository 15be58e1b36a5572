"""The document, and its text: a YAML that reads and compares well. JSON is one, too."""

import re
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from agents.exchange import AgentEntry
from agents.skills.operation import places
from maestro.errors import InvalidInput
from orchestras.exchange import OrchestraEntry
from scores.exchange import ScoreEntry

JSON = dict[str, Any]
FORMAT: Literal[1] = 1
MAX_BYTES = 4 * 1024 * 1024
MAX_DEPTH = 100


class Document(BaseModel):
    """Every section may be left out; each app writes and reads its own."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

    maestro: Literal[1] = FORMAT
    agents: list[AgentEntry] = []
    scores: list[ScoreEntry] = []
    orchestras: list[OrchestraEntry] = []

    def content(self) -> JSON:
        """What differs from the defaults, and the format."""
        written = self.model_dump(mode="json", exclude_defaults=True)
        return {"maestro": FORMAT, **written}


def as_text(content: JSON) -> str:
    """In stable order; a text of several lines stands as it is."""
    return yaml.dump(
        content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000, indent=2
    )


def read_text(text: str) -> Document:
    """InvalidInput says which line or field is wrong."""
    if len(text.encode()) > MAX_BYTES:
        raise InvalidInput(f"The document has more than {MAX_BYTES:,} bytes", place="document")
    try:
        _refuse_bombs(text)
        return parse(yaml.load(text, Loader=_Loader))
    except yaml.MarkedYAMLError as fault:
        line = f"line {fault.problem_mark.line + 1}: " if fault.problem_mark else ""
        raise InvalidInput(f"{line}{fault.problem}", place="document") from None
    except (yaml.YAMLError, ValueError) as fault:
        raise InvalidInput(f"The document is no YAML: {fault}", place="document") from None


def parse(content: object) -> Document:
    """InvalidInput names each field at fault."""
    try:
        return Document.model_validate(content)
    except ValidationError as refusal:
        faults = places(refusal)
    first = faults[0]
    place = first["place"] or "document"
    raise InvalidInput(f"{place}: {first['message']}", place=place, errors=faults)


class _Dumper(yaml.SafeDumper):
    """Lists indented, long texts as blocks, 2.0 as 2."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: object) -> bool:
        return True


class _Loader(yaml.SafeLoader):
    """JSON's types only, so that `on` and `no` are words and no date is made; no key twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[object] = set()
        for key, _ in node.value:
            name = self.construct_object(key, deep=True)
            if not isinstance(name, str):
                raise _fault("a field's name is a text", key.start_mark)
            if name in seen:
                raise _fault(f"{name} stands twice", key.start_mark)
            seen.add(name)
        return super().construct_mapping(node, deep)


def _refuse_bombs(text: str) -> None:
    """Aliases, which may stand for gigabytes, and depths that no graph has."""
    depth = 0
    for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _fault("anchors and aliases are not taken", event.start_mark)
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise _fault(f"nested deeper than {MAX_DEPTH} levels", event.start_mark)


def _fault(problem: str, mark: object) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=mark)  # type: ignore[arg-type]


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _number(dumper: yaml.SafeDumper, number: float) -> yaml.ScalarNode:
    return (
        dumper.represent_int(int(number)) if number.is_integer() else dumper.represent_float(number)
    )


# Those of JSON, in the order in which they are tried: in YAML's own, `on` is true and 10:30 is 630.
TYPES = (
    ("null", re.compile(r"^(?:null|~|)$"), ["n", "~", ""]),
    ("bool", re.compile(r"^(?:true|false)$"), ["t", "f"]),
    ("int", re.compile(r"^-?(?:0|[1-9]\d*)$"), list("-0123456789")),
    (
        "float",
        re.compile(r"^-?(?:0|[1-9]\d*)(?=[.eE])(?:\.\d+)?(?:[eE][+-]?\d+)?$"),
        list("-0123456789"),
    ),
)
for style in (_Dumper, _Loader):
    style.yaml_implicit_resolvers = {}
    for tag, pattern, first in TYPES:
        style.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", pattern, first)
_Dumper.add_representer(str, _text)
_Dumper.add_representer(float, _number)
