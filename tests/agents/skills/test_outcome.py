from typing import Any

import pytest
from pytest_django import Settings

from agents.skills.outcome import check_json
from maestro.errors import InvalidNodeOutput


@pytest.mark.parametrize(
    ("output", "place"),
    [
        ({"lead": {"name": "a\x00b"}}, "lead.name"),
        ({"rows": [{"name": "ok"}, {"name": "\ud800"}]}, "rows[1].name"),
        ({"rows": [1.0, float("nan")]}, "rows[1]"),
        ({"score": float("inf")}, "score"),
        ({"bad\x00name": 1}, "'bad\\x00name'"),
    ],
)
def test_what_the_database_refuses_is_refused_by_place(output: dict[str, Any], place: str) -> None:
    with pytest.raises(InvalidNodeOutput) as refused:
        check_json(output)

    assert refused.value.details["place"] == place


def test_the_words_backslash_u0000_are_only_words() -> None:
    check_json({"text": "\\u0000", "emoji": "😀"})


def test_an_output_over_the_limit_names_its_largest_field(settings: Settings) -> None:
    settings.MAX_NODE_OUTPUT_BYTES = 100

    with pytest.raises(InvalidNodeOutput) as refused:
        check_json({"small": "", "large": "x" * 100})

    assert refused.value.details["place"] == "large"


def test_an_output_nested_too_deeply_is_refused() -> None:
    deep: dict[str, Any] = {}
    for _ in range(100_000):
        deep = {"in": deep}

    with pytest.raises(InvalidNodeOutput, match="deep"):
        check_json(deep)
