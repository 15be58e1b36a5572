"""Tables as text: CSV as people and spreadsheets write it, read without losing what is not broken."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any, TypeAlias

from maestro.errors import InvalidInput

Row: TypeAlias = dict[str, Any]

MAX_TEXT = 4 * 1024 * 1024
MAX_ROWS = 50_000
MAX_COLUMNS = 500
MAX_LINES = 20  # of one record: a quote open for longer is a slip, not a long cell
DELIMITERS = ",;\t|"
LINE_END = re.compile(r"\r\n|\r|\n")
VALUE = re.compile(r"@|^[\d.,]+$")  # in a header it means that the header is missing
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run


def read_table(text: str, columns: Sequence[str] | None = None, delimiter: str = "") -> list[Row]:
    """Rows with their `row` number (the header's is 1); empty cells are left out.

    `columns`: these only, whatever the case of their names. Without `delimiter` it is found in the
    header. A broken row stays a row and says so in `fault`. InvalidInput: no header, or too many.
    """
    lines = LINE_END.split(text.removeprefix("\ufeff"))
    records = _records(lines, delimiter or max(DELIMITERS, key=lines[0].count))
    header = [name.strip() for name in next(records, ([], None))[0]]
    names = _columns(header, columns)
    rows = [
        _row(number, cells, fault, names)
        for number, (cells, fault) in enumerate(records, start=2)
        if any(cell.strip() for cell in cells)
    ]
    if len(rows) > MAX_ROWS:
        raise InvalidInput(f"A table has at most {MAX_ROWS:,} rows")
    return rows


def write_table(rows: Iterable[Row], columns: Sequence[str]) -> str:
    """A text that a spreadsheet would run as a formula gets a ' in front; lists become JSON."""
    if len(columns) > MAX_COLUMNS:
        raise InvalidInput(f"A table has at most {MAX_COLUMNS} columns")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(map(_cell, columns))
    writer.writerows([_cell(row.get(name)) for name in columns] for row in rows)
    return text.getvalue()


def as_meant(cell: str) -> str:
    """The cell without the ' that `write_table` put before what looks like a formula."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell


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


def _columns(header: list[str], wanted: Sequence[str] | None) -> list[str | None]:
    """The name of each column, None for one to leave out; refuses what cannot be a header."""
    if wanted is not None:
        names = {name.strip().lower(): name for name in wanted}
        found = [names.pop(cell.lower(), None) for cell in header]
    else:
        found = [cell or None for cell in header]
    given = [name for name in found if name is not None]
    if not given or len(set(given)) < len(given) or any(VALUE.search(name) for name in given):
        raise InvalidInput("The table has no header: its first row must name the columns")
    if len(given) > MAX_COLUMNS:
        raise InvalidInput(f"A table has at most {MAX_COLUMNS} columns")
    return found


def _row(number: int, cells: list[str], fault: str | None, names: list[str | None]) -> Row:
    if len(cells) != len(names):
        fault = fault or f"has {len(cells)} cells, the header {len(names)}"
    pairs = zip(names, (cell.strip() for cell in cells), strict=False)
    row = {name: cell.replace("\x00", "\ufffd") for name, cell in pairs if name and cell}
    return {**row, "row": number, **({"fault": fault} if fault else {})}


def _cell(value: object) -> str:
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA) else value
    return "" if value is None else json.dumps(value, ensure_ascii=False)
