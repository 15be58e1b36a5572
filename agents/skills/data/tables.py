"""Operations that read and write CSV; in a thread, because their work grows with the text."""

import csv
import io
import json
import re
from collections.abc import Iterator
from contextlib import suppress

from pydantic import BaseModel, Field

from agents.skills.context import Context
from agents.skills.data.manifest import skill
from agents.skills.data.rows import MAX_ROWS, Row, RowsInput
from agents.skills.operation import Effect, Sample
from maestro.errors import InvalidNodeInput

MAX_TEXT = 4 * 1024 * 1024
MAX_COLUMNS = 500
MAX_LINES = 20  # of one record: a quote open for longer is a slip, not a long cell
DELIMITERS = ",;\t|"
LINE_END = re.compile(r"\r\n|\r|\n")
VALUE = re.compile(r"@|^[\d.,]+$")  # in a header it means that the header is missing
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run


class ReadInput(BaseModel):
    csv: str = Field(max_length=MAX_TEXT, description="The text of the table, header first.")
    columns: list[str] | None = Field(
        None, description="Take these only, whatever the case of their names. Empty: all."
    )
    delimiter: str | None = Field(
        None, min_length=1, max_length=1, description="Empty: found in the header."
    )


class ReadOutput(BaseModel):
    rows: list[Row]


@skill.operation(
    effect=Effect.NONE, sample=Sample({"rows": [{"row": 2, "email": "ada@example.com"}]})
)
def read_csv(input: ReadInput, context: Context) -> ReadOutput:
    """Turn CSV into rows with their `row` number (the header's is 1).

    Empty cells are left out. A broken row stays a row and says so in `fault`.
    """
    lines = LINE_END.split(input.csv.removeprefix("\ufeff"))
    delimiter = input.delimiter or max(DELIMITERS, key=lines[0].count)
    records = _records(lines, delimiter)
    header = [name.strip() for name in next(records, ([], None))[0]]
    names = _columns(header, input.columns)
    rows = [
        _row(number, cells, fault, names)
        for number, (cells, fault) in enumerate(records, start=2)
        if any(cell.strip() for cell in cells)
    ]
    if len(rows) > MAX_ROWS:
        raise InvalidNodeInput(f"A table has at most {MAX_ROWS:,} rows")
    return ReadOutput(rows=rows)


def _records(lines: list[str], delimiter: str) -> Iterator[tuple[list[str], str | None]]:
    """(cells, fault) of each record; one that cannot be read costs its own line only."""
    at = 0
    while at < len(lines):
        if record := _record(lines, at, delimiter):
            cells, at = record
            yield cells, None
            continue
        yield [cell.strip('"') for cell in lines[at].split(delimiter)], "cannot be read as CSV"
        at += 1


def _record(lines: list[str], start: int, delimiter: str) -> tuple[list[str], int] | None:
    """The cells of the record that begins there, over as many lines as it quotes, and its end."""
    for end in range(start + 1, min(start + MAX_LINES, len(lines)) + 1):
        text = "\n".join(lines[start:end])
        with suppress(csv.Error):
            return next(csv.reader([text], delimiter=delimiter, strict=True), []), end
    return None


def _columns(header: list[str], wanted: list[str] | None) -> list[str | None]:
    """The name of each column, None for one to leave out; refuses what cannot be a header."""
    if wanted is not None:
        names = {name.strip().lower(): name for name in wanted}
        found = [names.pop(cell.lower(), None) for cell in header]
    else:
        found = [cell or None for cell in header]
    given = [name for name in found if name is not None]
    if not given or len(set(given)) < len(given) or any(VALUE.search(name) for name in given):
        raise InvalidNodeInput("The table has no header: its first row must name the columns")
    if len(given) > MAX_COLUMNS:
        raise InvalidNodeInput(f"A table has at most {MAX_COLUMNS} columns")
    return found


def _row(number: int, cells: list[str], fault: str | None, names: list[str | None]) -> Row:
    if len(cells) != len(names):
        fault = fault or f"has {len(cells)} cells, the header {len(names)}"
    pairs = zip(names, (cell.strip() for cell in cells), strict=False)
    row = {name: cell.replace("\x00", "\ufffd") for name, cell in pairs if name and cell}
    return {**row, "row": number, **({"fault": fault} if fault else {})}


class WriteInput(RowsInput):
    columns: list[str] | None = Field(
        None, max_length=MAX_COLUMNS, description="Empty: all, in the order they first appear."
    )


class WriteOutput(BaseModel):
    csv: str


@skill.operation(effect=Effect.NONE, sample=Sample({"csv": "email\nada@example.com\n"}))
def write_csv(input: WriteInput, context: Context) -> WriteOutput:
    """Turn rows into CSV; lists and objects become JSON.

    A text that a spreadsheet would run as a formula gets a ' in front.
    """
    rows = input.rows()
    columns = input.columns or list(dict.fromkeys(name for row in rows for name in row))
    if len(columns) > MAX_COLUMNS:
        raise InvalidNodeInput(f"A table has at most {MAX_COLUMNS} columns")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(map(_cell, columns))
    writer.writerows([_cell(row.get(name)) for name in columns] for row in rows)
    return WriteOutput(csv=text.getvalue())


def _cell(value: object) -> str:
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA) else value
    return "" if value is None else json.dumps(value, ensure_ascii=False)
