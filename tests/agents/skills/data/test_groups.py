from typing import Any

import pytest

from agents.skills.context import Context
from agents.skills.registry import dispatch
from maestro.errors import InvalidNodeInput

SALES: list[dict[str, Any]] = [
    {"country": "DE", "amount": 10, "email": "a@x.example"},
    {"country": "nl", "amount": 2.5},
    {"country": " de", "amount": 5},
    {"amount": 1},
]


async def give(operation: str, context: Context, **given: Any) -> dict[str, Any]:
    return (await dispatch("data", operation, given, context)).output


async def test_rows_are_grouped_by_what_they_share(context: Context) -> None:
    output = await give("group", context, rows=SALES, by="country", sums=["amount"])

    told = [(g["value"], g["count"], g["sums"]["amount"]) for g in output["groups"]]
    assert told == [("DE", 2, 15), ("nl", 1, 2.5), (None, 1, 1)]
    assert output["groups"][0]["rows"] == [SALES[0], SALES[2]]


async def test_a_join_adds_the_fields_of_the_pair(context: Context) -> None:
    others = [{"mail": "A@x.example", "company": "Northwind", "amount": 99}]
    given = {"rows": SALES[:2], "companies": others, "other_field": "companies"}

    output = await give("join", context, **given, by="email", other_by="mail", prefix="c_")

    assert output["rows"] == [
        {**SALES[0], "c_mail": "A@x.example", "c_company": "Northwind", "c_amount": 99},
        SALES[1],
    ]
    assert output["unpaired"] == 1


async def test_a_join_may_keep_pairs_only_and_repeats_a_row_with_several(context: Context) -> None:
    others = [{"id": 1, "tag": "a"}, {"id": 1, "tag": "b"}]
    rows = [{"id": 1}, {"id": 2}]

    output = await give(
        "join", context, rows=rows, others=others, other_field="others", by="id", keep="paired"
    )

    assert output["rows"] == [{"id": 1, "tag": "a"}, {"id": 1, "tag": "b"}]


async def test_a_join_that_explodes_is_refused(context: Context) -> None:
    rows = [{"id": 1}] * 300
    with pytest.raises(InvalidNodeInput, match="more than"):
        await give("join", context, rows=rows, others=rows, other_field="others", by="id")


async def test_json_goes_in_and_out(context: Context) -> None:
    read = await give("read_json", context, text='{"a": [1, "ü"]}', into="order")
    written = await give("write_json", context, order=read["order"], path="order")

    assert read == {"order": {"a": [1, "ü"]}}
    assert written == {"text": '{"a": [1, "ü"]}'}


async def test_json_lines_are_a_list_and_a_fault_names_its_line(context: Context) -> None:
    assert (await give("read_json", context, text='1\n\n{"a":2}\n', lines=True)) == {
        "value": [1, {"a": 2}]
    }
    with pytest.raises(InvalidNodeInput, match="line 2, column 5"):
        await give("read_json", context, text="1\n{a:2}".replace("{a", '{"a"}x'), lines=True)


@pytest.mark.parametrize("text", ["{", "NaN", "[" * 100_000, '"\\u0000"', "", '"\\ud800"'])
async def test_what_no_row_can_hold_is_refused(context: Context, text: str) -> None:
    with pytest.raises(InvalidNodeInput):
        await give("read_json", context, text=text)
