"""How many tools one request may ask to be strict about."""

from typing import Any

from agents.llm.exchange import Tool
from agents.llm.strict import strict_schemas


def tool(number: int, *, optional: int = 0, unions: int = 0) -> Tool:
    either = {"anyOf": [{"type": "string"}, {"type": "null"}]}
    properties: dict[str, Any] = {f"u{n}": either for n in range(unions)}
    properties |= {"a": {"type": "string"}}
    required = list(properties)
    properties |= {f"o{n}": {"type": "string"} for n in range(optional)}
    schema = {"type": "object", "properties": properties, "required": required}
    return Tool(f"skill.op{number}", "", schema)


def test_a_request_has_no_more_strict_tools_than_the_far_end_compiles() -> None:
    assert len(strict_schemas(tool(n) for n in range(30))) == 20


def test_what_would_exceed_the_optional_fields_or_unions_is_left_as_it_is() -> None:
    chosen = strict_schemas([tool(1, optional=20), tool(2, optional=5), tool(3, optional=4)])
    assert list(chosen) == ["skill.op1", "skill.op3"]

    assert list(strict_schemas([tool(1, unions=17), tool(2, unions=16)])) == ["skill.op2"]


def test_a_tool_whose_input_cannot_be_said_so_is_left_as_it_is() -> None:
    anything = Tool("skill.any", "", {"type": "object", "additionalProperties": True})
    outside = Tool("skill.ref", "", {"$ref": "https://example.com/schema"})
    assert strict_schemas([anything, outside]) == {}
