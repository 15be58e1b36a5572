"""A stranger's schema bounds what its tool is given, and cannot hang or lead anywhere."""

from typing import Any

import pytest

from agents.skills.mcp.spec import ToolSpec, spec_of
from maestro.errors import InvalidNodeInput

JSON = dict[str, Any]


def tool(*, outer: JSON | None = None, **properties: Any) -> ToolSpec:
    schema = {"type": "object", "properties": properties, **(outer or {})}
    spec = spec_of("order", "Orders.", schema, None, False)
    assert spec.fault == ""
    return spec


def places(spec: ToolSpec, **given: Any) -> list[str]:
    """Where the input does not fit."""
    try:
        spec.fit(given)
    except InvalidNodeInput as refusal:
        fields: Any = refusal.details.get("fields", [])
        return [field["place"] for field in fields]
    return []


ADDRESS = {"type": "object", "properties": {"zip": {"type": "string", "pattern": "^[0-9]{5}$"}}}


@pytest.mark.parametrize(
    ("spec", "fits", "does_not"),
    [
        (tool(code={"type": "string", "pattern": "^[A-Z]{3}$"}), {"code": "ABC"}, {"code": "abc"}),
        (tool(day={"type": "string", "format": "date"}), {"day": "2026-11-20"}, {"day": "20.11."}),
        (
            tool(at={"type": "string", "format": "date-time"}),
            {"at": "2026-11-20T09:00:00Z"},
            {"at": "2026-11-20"},
        ),
        (tool(to={"type": "string", "format": "uri"}), {"to": "https://x.com/"}, {"to": "x"}),
        (
            tool(to={"$ref": "#/$defs/address"}, outer={"$defs": {"address": ADDRESS}}),
            {"to": {"zip": "10115"}},
            {"to": {"zip": "?"}},
        ),
        (
            tool(to={"$ref": "#/definitions/a~1b"}, outer={"definitions": {"a/b": ADDRESS}}),
            {"to": {"zip": "10115"}},
            {"to": {"zip": "?"}},
        ),
        (
            tool(id={"oneOf": [{"type": "integer"}, {"type": "string", "maxLength": 3}]}),
            {"id": 7},
            {"id": "seven"},
        ),
        (
            tool(at={"type": "array", "items": [{"type": "integer"}], "additionalItems": False}),
            {"at": [1]},
            {"at": [1, 2]},
        ),
        (
            tool(
                labels={
                    "type": "object",
                    "patternProperties": {"^x-": {"type": "integer"}},
                    "additionalProperties": False,
                }
            ),
            {"labels": {"x-a": 1}},
            {"labels": {"y": 1}},
        ),
        (
            tool(outer={"anyOf": [{"properties": {"a": {"type": "integer"}}, "required": ["a"]}]}),
            {"a": 1},
            {"a": "one"},
        ),
        (
            tool(tree={"$ref": "#/$defs/t"}, outer={"$defs": {"t": {"type": "array", "items": {"$ref": "#/$defs/t"}}}}),
            {"tree": [[], [[]]]},
            {"tree": [[1]]},
        ),
    ],
)  # fmt: skip
def test_what_a_schema_says_of_an_input_is_checked(
    spec: ToolSpec, fits: JSON, does_not: JSON
) -> None:
    assert spec.fit(fits) == fits
    assert places(spec, **does_not)


@pytest.mark.parametrize(
    "part",
    [
        {"$ref": "https://evil.example/schema.json"},
        {"$ref": "file:///etc/passwd"},
        {"$ref": "#/nowhere"},
        {"$id": "https://evil.example/", "type": "integer"},
        {"type": "integer", "pattern": "(?=a)b"},
        {"enum": [7, {"pattern": "("}]},
    ],
)
def test_what_cannot_be_checked_is_left_out_and_the_rest_holds(part: JSON) -> None:
    assert tool(a=part).fit({"a": 7}) == {"a": 7}


def test_a_pattern_that_backtracks_for_ever_elsewhere_does_not_here() -> None:
    spec = tool(a={"type": "string", "pattern": "^(a+)+$"})
    assert places(spec, a="a" * 100_000 + "b") == ["a"]
    spec = tool(outer={"patternProperties": {"^(a+)+$": {}}, "additionalProperties": False})
    assert spec.fit({"a" * 50_000 + "b": 1}) == {}


LAUGHS = {f"d{n}": {"anyOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 9} for n in range(12)}


@pytest.mark.parametrize(
    "definitions",
    [
        {"d0": {"$ref": "#/$defs/d0"}},
        {"d0": {"allOf": [{"$ref": "#/$defs/d1"}]}, "d1": {"allOf": [{"$ref": "#/$defs/d0"}]}},
        {**LAUGHS, "d12": {"type": "integer"}},
    ],
)
def test_a_schema_that_goes_in_circles_is_refused_and_still_shown(definitions: JSON) -> None:
    spec = tool(a={"$ref": "#/$defs/d0"}, outer={"$defs": definitions})
    with pytest.raises(InvalidNodeInput, match="in circles"):
        spec.fit({"a": "x"})
    assert len(str(spec.takes())) < 1_000_000
    assert "$ref" not in str(spec.takes())


def test_those_who_show_a_schema_find_its_references_in_place() -> None:
    spec = tool(
        to={"$ref": "#/$defs/a", "description": "Where to."}, outer={"$defs": {"a": ADDRESS}}
    )
    assert spec.takes()["properties"]["to"] == {**ADDRESS, "description": "Where to."}
