"""Operations on a list of rows; in a thread, because their work grows with the list."""

from collections import Counter
from typing import Any

from pydantic import Field, TypeAdapter, ValidationError

from agents.conditions import compile_condition
from agents.skills.context import Context
from agents.skills.data.fields import Open
from agents.skills.data.manifest import skill
from agents.skills.operation import Effect, Sample
from agents.skills.template import reach
from agents.tables import MAX_ROWS, Row
from maestro.errors import InvalidInput, InvalidNodeInput

COUNTS = {"dropped", "missing"}
ROWS = TypeAdapter(list[Row])
SAMPLE = Sample({"rows": [{"email": "ada@example.com"}]})


class RowsInput(Open):
    items_field: str = Field("rows", description="The field that holds the list.")

    def rows(self, name: str | None = None) -> list[Row]:
        """The list in that field, or InvalidNodeInput."""
        name = name or self.items_field
        if name in COUNTS:
            raise InvalidNodeInput(f"{name} is what the output calls a count; name the list else")
        try:
            rows = ROWS.validate_python(self.others.get(name))
        except ValidationError:
            raise InvalidNodeInput(f"{name} is not a list of objects") from None
        if len(rows) > MAX_ROWS:
            raise InvalidNodeInput(f"{name} has more than {MAX_ROWS:,} rows")
        return rows


class FilterInput(RowsInput):
    when: str = Field(description='A condition on each row, like input.country == "DE".')


class FilterOutput(Open):
    dropped: int = Field(description="How many rows did not hold.")
    missing: dict[str, int] = Field(description="Fields that were missing, and how often.")


@skill.operation(
    effect=Effect.NONE,
    sample=Sample({"rows": [{"country": "DE"}], "dropped": 1, "missing": {}}),
)
def filter(input: FilterInput, context: Context) -> FilterOutput:
    """Keep the rows for which a condition holds; a row without the field is dropped."""
    rows = input.rows()
    try:
        condition = compile_condition(input.when)
    except InvalidInput as error:
        raise InvalidNodeInput(error.message) from None
    verdicts = [condition.holds(row) for row in rows]
    kept = [row for row, verdict in zip(rows, verdicts, strict=True) if verdict.holds]
    missing = Counter(verdict.missing for verdict in verdicts if verdict.missing is not None)
    lost = len(rows) - len(kept)
    return FilterOutput(dropped=lost, missing=dict(missing), **{input.items_field: kept})


class SortInput(RowsInput):
    by: str = Field(description="The field to sort by; a.b reaches inside.")
    descending: bool = False


@skill.operation(effect=Effect.NONE, sample=SAMPLE)
def sort(input: SortInput, context: Context) -> Open:
    """Order rows by a field: numbers before texts, rows without it always last."""
    keyed = [(_order(reach(row, input.by)), row) for row in input.rows()]
    known = [pair for pair in keyed if pair[0] is not None]
    known.sort(key=lambda pair: pair[0] or (0, 0), reverse=input.descending)
    ordered = known + [pair for pair in keyed if pair[0] is None]
    return Open(**{input.items_field: [row for _, row in ordered]})


def _order(value: object) -> tuple[int, Any] | None:
    """A key that compares with every other: (rank of its kind, value)."""
    match value:
        case None:
            return None
        case bool() | int() | float():
            return (0, value)
        case str():
            return (1, value.casefold())
        case _:
            return (2, str(value))


class DedupeInput(RowsInput):
    by: str = Field(description="The field that may not repeat; a.b reaches inside.")


class DedupeOutput(Open):
    dropped: int = Field(description="How many rows repeated an earlier one.")


@skill.operation(effect=Effect.NONE, sample=Sample({**SAMPLE.output, "dropped": 1}))
def dedupe(input: DedupeInput, context: Context) -> DedupeOutput:
    """Keep the first row of each value, case and outer spaces aside; rows without one stay."""
    rows = input.rows()
    seen: set[str] = set()
    kept = []
    for row in rows:
        value = sameness(reach(row, input.by))
        if value is None or value not in seen:
            kept.append(row)
        if value is not None:
            seen.add(value)
    return DedupeOutput(dropped=len(rows) - len(kept), **{input.items_field: kept})


class MergeInput(RowsInput):
    fields: list[str] = Field(min_length=1, max_length=20, description="The lists to merge.")
    by: str | None = Field(None, description="Rows alike in this field become one. Empty: none do.")


@skill.operation(effect=Effect.NONE, sample=SAMPLE)
def merge(input: MergeInput, context: Context) -> Open:
    """Put lists together into `items_field`; of rows that become one, the later fields win."""
    merged: list[Row] = []
    at: dict[str, int] = {}
    for row in (row for name in input.fields for row in input.rows(name)):
        value = sameness(reach(row, input.by)) if input.by else None
        if value in at:
            merged[at[value]] = merged[at[value]] | row
            continue
        if value is not None:
            at[value] = len(merged)
        merged.append(row)
    return Open(**{input.items_field: merged})


def sameness(value: object) -> str | None:
    """What two equal values share, a text with or without capitals; None: has no value."""
    if isinstance(value, str):
        return f"text {value.strip().casefold()}" if value.strip() else None
    return None if value is None else f"{type(value).__name__} {value!r}"
