"""Operations that read and write JSON; in a thread, because their work grows with the text."""

import json
from typing import Any

from pydantic import BaseModel, Field

from agents.skills.context import Context
from agents.skills.data.fields import Open
from agents.skills.data.manifest import skill
from agents.skills.operation import Effect, Sample
from agents.skills.outcome import first_unfit
from agents.skills.template import reach
from agents.tables import MAX_TEXT
from maestro.errors import InvalidNodeInput

MISSING = object()


class ReadJsonInput(BaseModel):
    text: str = Field(max_length=MAX_TEXT, description="JSON, or JSON lines.")
    lines: bool = Field(False, description="Each line is a value by itself; empty ones are none.")
    into: str = Field("value", min_length=1, max_length=100, description="The output's field.")


@skill.operation(effect=Effect.NONE, sample=Sample({"value": {"email": "ada@example.com"}}))
def read_json(input: ReadJsonInput, context: Context) -> Open:
    """Turn JSON text into a value; what is not JSON is refused with its line."""
    value = _lines(input.text) if input.lines else _parsed(input.text)
    if unfit := first_unfit(value):
        raise InvalidNodeInput(f"The JSON cannot be kept: {unfit[0]} {unfit[1]}")
    return Open(**{input.into: value})


def _lines(text: str) -> list[Any]:
    numbered = enumerate(text.split("\n"), start=1)
    return [_parsed(line, number) for number, line in numbered if line.strip()]


def _parsed(text: str, line: int | None = None) -> Any:  # noqa: ANN401  # any JSON
    try:
        return json.loads(text.removeprefix("\ufeff"), parse_constant=_refuse)
    except json.JSONDecodeError as fault:
        where = f"line {line or fault.lineno}, column {fault.colno}"
        raise InvalidNodeInput(f"The text is not JSON: {fault.msg.lower()} in {where}") from None
    except (ValueError, RecursionError):
        message = "The text is not JSON: a number without an end, or nested without end"
        raise InvalidNodeInput(message) from None


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


class WriteJsonInput(Open):
    path: str | None = Field(None, description="Which field becomes text; empty: all of them.")
    indent: int | None = Field(None, ge=0, le=8, description="Spaces a level; empty: one line.")


class WriteJsonOutput(BaseModel):
    text: str


@skill.operation(effect=Effect.NONE, sample=Sample({"text": '{"email": "ada@example.com"}'}))
def write_json(input: WriteJsonInput, context: Context) -> WriteJsonOutput:
    """Turn a field, or the whole input, into JSON text."""
    value = reach(input.others, input.path, MISSING) if input.path else input.others
    if value is MISSING:
        raise InvalidNodeInput(f"There is no field {input.path}")
    return WriteJsonOutput(text=json.dumps(value, indent=input.indent, ensure_ascii=False))
