from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.skills.context import Context
from agents.skills.data.tables import ReadInput, read_csv
from agents.skills.registry import dispatch
from maestro.errors import InvalidNodeInput


def rows_of(text: str, **options: Any) -> list[dict[str, Any]]:
    return read_csv(ReadInput(csv=text, **options), None).rows  # type: ignore[arg-type]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_in_the_header(mark: str) -> None:
    text = f"\ufeffemail{mark}name\r\nada@example.com{mark}Ada\r\n"

    assert rows_of(text) == [{"row": 2, "email": "ada@example.com", "name": "Ada"}]


def test_rows_are_numbered_as_a_spreadsheet_numbers_them() -> None:
    text = 'name,note\nAda,"two\nlines, one cell"\n\n,\nBen,\n'

    assert rows_of(text) == [
        {"row": 2, "name": "Ada", "note": "two\nlines, one cell"},
        {"row": 5, "name": "Ben"},
    ]


def test_only_the_named_columns_are_taken_whatever_their_case() -> None:
    text = "Email , stage,NAME\nada@example.com,won,Ada\n"

    assert rows_of(text, columns=["email", "name", "title"]) == [
        {"row": 2, "email": "ada@example.com", "name": "Ada"}
    ]


def test_a_broken_row_stays_a_row_and_spoils_no_other() -> None:
    text = 'email,name\na@x.io,"Ada\nb@x.io,Ben,extra\nc@x.io\n"d"d@x.io,Dora\ne@x.io,E\x00ve\n'

    assert rows_of(text) == [
        {"row": 2, "email": "a@x.io", "name": "Ada", "fault": "cannot be read as CSV"},
        {"row": 3, "email": "b@x.io", "name": "Ben", "fault": "has 3 cells, the header 2"},
        {"row": 4, "email": "c@x.io", "fault": "has 1 cells, the header 2"},
        {"row": 5, "email": 'd"d@x.io', "name": "Dora", "fault": "cannot be read as CSV"},
        {"row": 6, "email": "e@x.io", "name": "E\ufffdve"},
    ]


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("", None),
        ("\n\n", None),
        ("ada@example.com,Ada\n", None),
        ("1,2\n", None),
        ("a,a\n", None),
        ("ada@example.com,Ada\n", ["email", "name"]),
    ],
)
def test_a_table_without_a_header_is_refused(text: str, columns: list[str] | None) -> None:
    with pytest.raises(InvalidNodeInput, match="no header"):
        rows_of(text, columns=columns)


@given(st.text(alphabet='ab,"\n\r;\x00=', max_size=60))
def test_any_text_gives_rows_or_is_refused(text: str) -> None:
    try:
        rows = rows_of("x,y\n" + text)
    except InvalidNodeInput:
        return
    numbers = [row["row"] for row in rows]
    assert numbers == sorted(set(numbers))


async def test_rows_are_written_with_the_columns_in_order_of_appearance(context: Context) -> None:
    rows = [{"name": "Ada, Countess", "n": -1}, {"tags": ["a"], "name": "=1+1", "n": None}]

    output = (await dispatch("data", "write_csv", {"rows": rows}, context)).output

    assert output == {"csv": 'name,n,tags\n"Ada, Countess",-1,\n\'=1+1,,"[""a""]"\n'}


async def test_written_rows_can_be_read_again(context: Context) -> None:
    rows = [{"row": 2, "name": 'A "quoted"', "note": "x;y\nz"}]
    given_rows = {"rows": rows, "columns": ["name", "note"]}

    text = (await dispatch("data", "write_csv", given_rows, context)).output["csv"]

    assert rows_of(text) == rows
