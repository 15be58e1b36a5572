"""Operations that read and write CSV; in a thread, because their work grows with the text."""

from pydantic import BaseModel, Field

from agents.skills.context import Context
from agents.skills.data.manifest import skill
from agents.skills.data.rows import RowsInput
from agents.skills.operation import Effect, Sample
from agents.tables import MAX_COLUMNS, MAX_TEXT, Row, read_table, write_table
from maestro.errors import InvalidInput, InvalidNodeInput


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
    try:
        return ReadOutput(rows=read_table(input.csv, input.columns, input.delimiter or ""))
    except InvalidInput as refusal:
        raise InvalidNodeInput(refusal.message) from None


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
    try:
        return WriteOutput(csv=write_table(rows, columns))
    except InvalidInput as refusal:
        raise InvalidNodeInput(refusal.message) from None
