"""Operations that put rows together by what they share; in a thread, as their work grows."""

from collections.abc import Iterable
from typing import Any, Literal

from pydantic import BaseModel, Field

from agents.skills.context import Context
from agents.skills.data.fields import Open
from agents.skills.data.manifest import skill
from agents.skills.data.rows import RowsInput, sameness
from agents.skills.operation import Effect, Sample
from agents.skills.template import reach
from agents.tables import MAX_ROWS, Row
from maestro.errors import InvalidNodeInput


class GroupInput(RowsInput):
    by: str = Field(description="The field whose values make the groups; a.b reaches inside.")
    sums: list[str] = Field(
        default_factory=list, max_length=50, description="Fields whose numbers are added up."
    )


class Group(BaseModel):
    value: Any = Field(description="What its rows share; null: they have none.")
    count: int
    sums: dict[str, float | int] = Field(default_factory=dict)
    rows: list[Row]


class GroupOutput(BaseModel):
    groups: list[Group]


@skill.operation(
    effect=Effect.NONE,
    sample=Sample(
        {
            "groups": [
                {"value": "DE", "count": 1, "sums": {"amount": 12}, "rows": [{"country": "DE"}]}
            ]
        }
    ),
)
def group(input: GroupInput, context: Context) -> GroupOutput:
    """Put rows with the same value together, case and outer spaces aside; in order of appearance."""
    found: dict[str | None, list[Row]] = {}
    for row in input.rows():
        found.setdefault(sameness(reach(row, input.by)), []).append(row)
    groups = [
        Group(
            value=None if same is None else reach(rows[0], input.by),
            count=len(rows),
            sums={path: _sum(rows, path) for path in input.sums},
            rows=rows,
        )
        for same, rows in found.items()
    ]
    return GroupOutput(groups=groups)


def _sum(rows: Iterable[Row], path: str) -> float | int:
    values = (reach(row, path) for row in rows)
    numbers = [v for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
    return sum(numbers)


class JoinInput(RowsInput):
    other_field: str = Field(description="The field that holds the other list.")
    by: str = Field(description="The field that pairs them; a.b reaches inside.")
    other_by: str | None = Field(None, description="Its name in the other list, where it differs.")
    keep: Literal["all", "paired"] = Field("all", description="Rows without a pair stay, or not.")
    prefix: str = Field("", description="Before the names of the other list's fields.")


class JoinOutput(Open):
    unpaired: int = Field(description="How many rows found no pair.")


@skill.operation(
    effect=Effect.NONE,
    sample=Sample({"rows": [{"email": "ada@example.com", "company": "Northwind"}], "unpaired": 0}),
)
def join(input: JoinInput, context: Context) -> JoinOutput:
    """Add to each row the fields of its pair in another list; a row with several pairs repeats.

    Where both have a field, the row's own stays.
    """
    pairs: dict[str, list[Row]] = {}
    for other in input.rows(input.other_field):
        same = sameness(reach(other, input.other_by or input.by))
        if same is not None:
            pairs.setdefault(same, []).append(other)
    joined: list[Row] = []
    unpaired = 0
    for row in input.rows():
        found = pairs.get(sameness(reach(row, input.by)) or "", [])
        unpaired += not found
        joined += [_named(other, input.prefix) | row for other in found]
        joined += [row] if not found and input.keep == "all" else []
        if len(joined) > MAX_ROWS:
            raise InvalidNodeInput(f"The join has more than {MAX_ROWS:,} rows")
    return JoinOutput(unpaired=unpaired, **{input.items_field: joined})


def _named(row: Row, prefix: str) -> Row:
    return {f"{prefix}{name}": value for name, value in row.items()}
