"""Auditions on the wire."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from agents.schemas import AgentPatch
from maestro.rest.paging import PageQuery
from maestro.rest.shapes import JSON, Body

from .declared import Grader, Selection, graders_of, in_words
from .figures import changed_fields
from .models import Audition, AuditionRow, RowStatus, Status

CENTS_DIGITS = 4
MAX_BUDGET = 10**12

Against = Literal["recorded", "current"]
VerdictName = Literal["better", "same", "worse"]


class CandidateIn(AgentPatch):
    """What would be changed of the agent; what is left out stays as it is."""


class AuditionIn(Body):
    """`dry_run` says the price and starts nothing. `budget_microdollars` left out: what longer answers would
    cost, with room for calls side by side."""

    candidate: CandidateIn
    against: Against = "recorded"
    selection: Selection = Selection()
    graders: list[Grader] = Field(default=[], max_length=50)
    budget_microdollars: int | None = Field(None, ge=1, le=MAX_BUDGET)
    dry_run: bool = False


class VerdictIn(Body):
    """A person's word on one row; null takes it back."""

    verdict: VerdictName | None


class SaveIn(Body):
    note: str = Field("", max_length=500)


class RowFilters(PageQuery):
    changed: bool | None = Field(
        None, description="Only rows with another answer, or only the others."
    )


class ForecastOut(BaseModel):
    """Micro-dollars: expected from the recorded tokens, `low` to `high` by the length of answers."""

    rows: int
    expected: int
    low: int
    high: int


class PriceOut(BaseModel):
    """What a dry run says: nothing was started."""

    agent_id: str
    version: int
    against: Against
    selected: str
    forecast: ForecastOut
    budget_microdollars: int


class SideOut(BaseModel):
    """Of all rows played; `invalid` are those without a valid answer."""

    invalid: int
    tokens_input: int
    tokens_output: int
    cost_microdollars: int
    ms_p50: int | None
    ms_p95: int | None


class GradeOut(BaseModel):
    grader: str
    held: int
    of: int
    passed: bool


class TotalsOut(BaseModel):
    """`changed` rows decide otherwise, `reworded` ones only say it in other words; `flipped` ones would
    leave some node behind them by another port."""

    rows: int
    played: int
    same: int
    changed: int
    reworded: int
    flipped: int
    old: SideOut
    new: SideOut
    graders: list[GradeOut]


class AuditionOut(BaseModel):
    """`version` is the one it is heard beside, `saved_version` the one that says what the candidate says.

    `passed` and `totals` are null while it plays.
    """

    id: str
    agent_id: str
    version: int
    saved_version: int | None
    status: Status
    passed: bool | None
    against: Against
    selected: str
    candidate: JSON
    graders: list[str]
    forecast: ForecastOut
    budget_microdollars: int
    cost_microdollars: int
    totals: TotalsOut | None
    run_id: str | None
    created_by: str
    created_at: datetime
    finished_at: datetime | None


class SourceOut(BaseModel):
    """Where the input was recorded."""

    run_id: str
    node: str
    iteration: str
    score_id: str


class AnswerOut(BaseModel):
    """`output` is null where there was no valid answer; `error` says why."""

    output: JSON | None
    error: JSON | None
    version: int | None
    model: str | None
    tokens: JSON
    cost_microdollars: int
    ms: int | None


class FlipOut(BaseModel):
    node: str
    iteration: str
    kind: str
    what: Literal["port", "played", "write"]
    before: str
    after: str


class ChangeOut(BaseModel):
    """`old` or `new` is left out where the answer has no such field."""

    field: str
    old: Any = None
    new: Any = None


class RowOut(BaseModel):
    number: int
    status: RowStatus
    source: SourceOut
    input: JSON
    old: AnswerOut
    new: AnswerOut | None
    changed: bool
    changes: list[ChangeOut]
    flips: list[FlipOut]
    grades: list[bool]
    verdict: VerdictName | None
    judged_by: str


class SavedOut(BaseModel):
    agent_id: str
    version: int


def audition_out(audition: Audition) -> AuditionOut:
    """Of one read `with_saved_version()` and with its run."""
    return AuditionOut(
        version=audition.base_version,
        selected=Selection.model_validate(audition.selection).words,
        graders=[in_words(grader) for grader in graders_of(audition.graders)],
        cost_microdollars=audition.run.cost_microdollars if audition.run else 0,
        **{name: getattr(audition, name) for name in SHOWN},
    )


def row_out(row: AuditionRow) -> RowOut:
    source = {name: row.source[name] for name in ("node", "iteration")}
    return RowOut(
        source=SourceOut(run_id=row.source["run"], score_id=row.source["score"], **source),
        changes=[ChangeOut(**change) for change in changed_fields(row)],
        verdict=row.verdict or None,  # type: ignore[arg-type]
        **{name: getattr(row, name) for name in SHOWN_OF_ROW},
    )


SHOWN = (
    "id",
    "agent_id",
    "saved_version",
    "status",
    "passed",
    "against",
    "candidate",
    "forecast",
    "budget_microdollars",
    "totals",
    "run_id",
    "created_by",
    "created_at",
    "finished_at",
)
SHOWN_OF_ROW = (
    "number",
    "status",
    "input",
    "old",
    "new",
    "changed",
    "flips",
    "grades",
    "judged_by",
)
