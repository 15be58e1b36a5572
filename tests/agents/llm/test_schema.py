"""What can be said in structured outputs, and what would come to mean something else."""

from typing import Any

import anthropic
import pytest

from agents.llm.errors import UnusableSchema
from agents.llm.schema import expressible

TEXT = {"type": "string"}


def object_of(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def test_a_plain_schema_stays_as_it_is() -> None:
    schema = object_of(a=TEXT, b={"type": "array", "items": {"type": "integer", "minimum": 1}})

    assert expressible(schema) == schema


def test_examples_and_defaults_are_not_told() -> None:
    assert expressible(object_of(a=TEXT) | {"examples": [{"a": "x"}]}) == object_of(a=TEXT)


def test_a_type_or_null_becomes_a_choice() -> None:
    schema = object_of(a={"type": ["string", "null"], "maxLength": 3, "description": "A."})

    assert expressible(schema) == object_of(
        a={
            "description": "A.",
            "anyOf": [{"type": "string", "maxLength": 3}, {"type": "null"}],
        }
    )


def test_old_definitions_get_their_new_name() -> None:
    schema = object_of(a={"$ref": "#/definitions/t"}) | {"definitions": {"t": TEXT}}

    assert expressible(schema) == object_of(a={"$ref": "#/$defs/t"}) | {"$defs": {"t": TEXT}}


@pytest.mark.parametrize(
    "schema",
    [
        object_of(a={"type": "object"}),
        object_of(a={"type": "object", "additionalProperties": TEXT}),
        object_of(a=TEXT) | {"additionalProperties": True},
        object_of(a={}),
        object_of(a=True),
        object_of(a={"type": "array"}),
        object_of(a=TEXT) | {"anyOf": [{"required": ["a"]}]},
        object_of(a={"not": TEXT}),
        object_of(a={"enum": [{"b": 1}]}),
        object_of(a={"enum": []}),
        object_of(a={"$ref": "#"}),
        object_of(a={"$ref": "#/$defs/t"}) | {"$defs": {"t": object_of(b={"$ref": "#/$defs/t"})}},
    ],
)
def test_what_would_change_its_meaning_is_not_said(schema: dict[str, Any]) -> None:
    assert expressible(schema) is None


def test_a_reference_to_another_document_is_refused() -> None:
    with pytest.raises(UnusableSchema, match=r"https://example\.com"):
        expressible(object_of(a={"$ref": "https://example.com/schema"}))


def test_the_library_takes_whatever_is_expressible() -> None:
    schema = object_of(
        choice={"enum": ["a", "b", None]},
        either={"type": ["string", "integer", "null"], "description": "Either."},
        many={"type": "array", "items": object_of(n={"type": "number"}), "maxItems": 5},
        when={"type": "string", "format": "date"},
    )

    spoken = expressible(schema)

    assert spoken is not None
    sent = anthropic.transform_schema(spoken)
    assert sent["additionalProperties"] is False
    assert sent["properties"]["many"]["items"]["additionalProperties"] is False
    assert sent["properties"]["either"]["anyOf"][1] == {"type": "integer"}
