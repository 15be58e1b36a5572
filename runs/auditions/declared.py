"""What whoever asks for an audition declares: which recorded inputs, and what has to hold."""

import re
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from maestro.errors import InvalidInput
from maestro.rest.shapes import JSON, Id

MAX_ROWS = 500
DEFAULT_ROWS = 50
LOOKED_AT = 5_000  # of the newest, where a sample is taken
MICRODOLLARS = 1_000_000

FieldPath = Annotated[str, Field(min_length=1, max_length=200)]
Count = Annotated[int, Field(ge=1, le=MAX_ROWS)]


class _Declared(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


class Selection(_Declared):
    """The `last` so many inputs, a `sample` of them, or those of chosen `runs`.

    A sample is spread evenly over the newest `of_last`; with `by`, a field of the recorded answer, its
    values are sampled in turn, so that rare ones are heard too. `score` narrows all of them.
    """

    last: Count | None = None
    sample: Count | None = None
    of_last: int = Field(default=1_000, ge=1, le=LOOKED_AT)
    by: FieldPath | None = None
    runs: list[Id] | None = Field(default=None, min_length=1, max_length=MAX_ROWS)
    score: Id | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ways = [name for name in ("last", "sample", "runs") if getattr(self, name) is not None]
        if len(ways) > 1:
            raise ValueError(f"choose one of {' and '.join(ways)}")
        if self.by and self.sample is None:
            raise ValueError("`by` goes with `sample`")
        return self

    @property
    def words(self) -> str:
        """`the last 50 inputs`."""
        if self.runs:
            return f"the inputs of {len(self.runs)} chosen run{'' if len(self.runs) == 1 else 's'}"
        if self.sample:
            by = f", sampled by {self.by}" if self.by else ", sampled"
            return f"{self.sample} of the last {self.of_last:,} inputs{by}"
        return f"the last {self.last or DEFAULT_ROWS} inputs"


class _Grader(_Declared):
    share: float = Field(default=1.0, gt=0, le=1, description="Of the rows, at least so many.")


class Equal(_Grader):
    """The whole answer is what it is heard beside."""

    kind: Literal["equal"]


class Contains(_Grader):
    """`text` is somewhere in the answer, or in `field` of it; case does not count."""

    kind: Literal["contains"]
    text: str = Field(min_length=1, max_length=1_000)
    field: FieldPath | None = None


class FieldEqual(_Grader):
    """`field` is as it is in the other answer, or `value` where one is given."""

    kind: Literal["field_equal"]
    field: FieldPath
    value: str | int | float | bool | None = None

    @property
    def has_value(self) -> bool:
        return "value" in self.model_fields_set


class SchemaValid(_Grader):
    """There is an answer, and it fits the output schema."""

    kind: Literal["schema_valid"]


class CostBelow(_Grader):
    """Each row costs less."""

    kind: Literal["cost_below"]
    microdollars: int = Field(gt=0, le=10**12)


Grader = Annotated[
    Equal | Contains | FieldEqual | SchemaValid | CostBelow, Field(discriminator="kind")
]


class Graders(_Declared):
    """Those of one audition."""

    graders: list[Grader] = Field(default=[], max_length=50)


def graders_of(stored: list[JSON]) -> list[Grader]:
    """As they were stored with the audition."""
    return Graders.model_validate({"graders": stored}).graders


def in_words(grader: Grader) -> str:
    """`intent equal to interested, in at least 90 %`."""
    match grader:
        case Equal():
            words = "answer equal"
        case Contains():
            words = f"{grader.field or 'answer'} contains {grader.text}"
        case FieldEqual():
            value = f" to {grader.value}" if grader.has_value else ""
            words = f"{grader.field} equal{value}"
        case SchemaValid():
            words = "fits the schema"
        case CostBelow():
            words = f"a row costs less than ${grader.microdollars / MICRODOLLARS:g}"
    return words if grader.share == 1 else f"{words}, in at least {grader.share:.0%}"


WRITTEN = re.compile(r"(?P<what>[^@]+?)(@(?P<share>\d{1,3})%)?")
FORMS = "equal, equal:FIELD, equal:FIELD=VALUE, contains:TEXT, contains:FIELD=TEXT, schema, cost<DOLLARS"


def read_grader(written: str) -> Grader:
    """A grader as the command line says it: `equal:intent@90%`. InvalidInput names the forms."""
    found = WRITTEN.fullmatch(written.strip())
    fields = _fields(found["what"]) if found else None
    if not found or fields is None:
        raise InvalidInput(
            f"{written!r} is no grader. Write one of: {FORMS}; @90% behind it asks for a share."
        )
    share = int(found["share"] or 100) / 100
    try:
        return graders_of([{**fields, "share": share}])[0]
    except ValueError:
        raise InvalidInput(f"{written!r} is no grader. Write one of: {FORMS}.") from None


def _fields(what: str) -> JSON | None:
    kind, _, rest = what.partition(":")
    field, is_told, value = rest.partition("=")
    match kind:
        case "equal" if not rest:
            return {"kind": "equal"}
        case "equal":
            return {"kind": "field_equal", "field": field, **({"value": value} if is_told else {})}
        case "contains" if rest:
            return (
                {"kind": "contains", "text": value, "field": field}
                if is_told
                else {"kind": "contains", "text": rest}
            )
        case "schema" if not rest:
            return {"kind": "schema_valid"}
    cost = re.fullmatch(r"cost<\$?(\d+(\.\d+)?)", what)
    return (
        {"kind": "cost_below", "microdollars": round(float(cost[1]) * MICRODOLLARS)}
        if cost
        else None
    )
