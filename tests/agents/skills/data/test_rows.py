from typing import Any

import pytest

from agents.skills.context import Context
from agents.skills.registry import dispatch
from maestro.errors import InvalidNodeInput

PEOPLE = [
    {"name": "Cleo", "age": 31},
    {"name": "ada", "age": "old"},
    {"name": "Ben"},
    {"name": "Dora", "age": 7},
]


async def names(operation: str, context: Context, **given: object) -> list[str]:
    outcome = await dispatch("data", operation, {"rows": PEOPLE, **given}, context)
    return [row["name"] for row in outcome.output["rows"]]


async def test_filter_keeps_what_holds_and_says_what_was_missing(context: Context) -> None:
    given = {"people": [{"age": 31}, {"age": 7}, {}], "items_field": "people"}

    outcome = await dispatch("data", "filter", {**given, "when": "input.age > 9"}, context)

    assert outcome.output == {"people": [{"age": 31}], "dropped": 2, "missing": {"age": 1}}


@pytest.mark.parametrize("given", [{"rows": "text"}, {"rows": ["text"]}, {}])
async def test_what_is_not_a_list_of_rows_is_refused(
    given: dict[str, Any], context: Context
) -> None:
    with pytest.raises(InvalidNodeInput, match="rows"):
        await dispatch("data", "filter", {**given, "when": "true"}, context)


async def test_a_list_cannot_have_the_name_of_a_count(context: Context) -> None:
    with pytest.raises(InvalidNodeInput, match="dropped"):
        given = {"dropped": [], "items_field": "dropped", "by": "e"}
        await dispatch("data", "dedupe", given, context)


async def test_a_condition_that_cannot_be_read_is_a_bad_input(context: Context) -> None:
    with pytest.raises(InvalidNodeInput, match="map"):
        await dispatch("data", "filter", {"rows": [], "when": "input.a.map(x, x)"}, context)


async def test_sort_puts_numbers_before_texts_and_rows_without_a_value_last(
    context: Context,
) -> None:
    assert await names("sort", context, by="age") == ["Dora", "Cleo", "ada", "Ben"]
    assert await names("sort", context, by="age", descending=True) == ["ada", "Cleo", "Dora", "Ben"]
    assert await names("sort", context, by="name") == ["ada", "Ben", "Cleo", "Dora"]


async def test_dedupe_keeps_the_first_and_all_without_a_value(context: Context) -> None:
    rows = [{"e": "A@x.io "}, {"e": ""}, {"e": "a@x.io", "n": 2}, {}, {"e": 1}, {"e": True}]

    output = (await dispatch("data", "dedupe", {"rows": rows, "by": "e"}, context)).output

    assert output == {
        "rows": [{"e": "A@x.io "}, {"e": ""}, {}, {"e": 1}, {"e": True}],
        "dropped": 1,
    }


async def test_merge_joins_rows_alike_and_appends_the_others(context: Context) -> None:
    given: dict[str, Any] = {
        "a": [{"id": 1, "x": 1}, {"x": 2}],
        "b": [{"id": 1, "x": 9, "y": 3}, {"id": 2}],
        "fields": ["a", "b"],
    }

    joined = await dispatch("data", "merge", {**given, "by": "id"}, context)
    appended = await dispatch("data", "merge", given, context)

    assert joined.output == {"rows": [{"id": 1, "x": 9, "y": 3}, {"x": 2}, {"id": 2}]}
    assert appended.output == {"rows": [*given["a"], *given["b"]]}
