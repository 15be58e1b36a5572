"""Runs, their nodes and their events on the wire."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self

from ninja.params.functions import Header
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    Field,
    model_validator,
)

from agents.skills.guarantee import Guarantee
from maestro.rest.paging import PageQuery
from maestro.rest.shapes import JSON, Body, Id
from runs.actions import ItemDecision
from runs.models import Mode, NodeStatus, Run, RunEvent, RunNode, RunStatus, Trigger
from runs.promises import guarantee_of

CENTS_DIGITS = 4


def _is_written_out(text: object) -> object:
    """Pydantic would take a bare number for seconds since 1970."""
    if isinstance(text, str) and "T" not in text.upper():
        raise ValueError("write a time as 2026-11-20T07:00:00Z")
    return text


def _in_utc(moment: datetime) -> datetime:
    """PostgreSQL takes no offset of 16 hours or more."""
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("is no time between the years 1 and 9999") from error


Moment = Annotated[AwareDatetime, BeforeValidator(_is_written_out), AfterValidator(_in_utc)]
Iteration = Annotated[str, Field(max_length=1000, description="`each:3`; empty outside of maps.")]

IdempotencyKey = Annotated[
    str | None,
    Header(
        None,
        alias="Idempotency-Key",
        pattern=r"^[\x21-\x7e]{1,200}$",
        description="Makes a repeat safe: it answers with the run that the first request made.",
    ),
]


class StartIn(Body):
    """`input` left out: the orchestra's own, or {}."""

    input: JSON | None = None
    mode: Literal["live", "rehearsal", "plan"] = "live"


class DraftStartIn(Body):
    """`node`: that one alone, given the input as what would arrive there. `from`: from that one on,
    with the input of the run `source` and what that recorded before it."""

    input: JSON = {}
    mode: Literal["live", "rehearsal"] = "rehearsal"
    node: str | None = Field(None, min_length=1, max_length=80)
    start: str | None = Field(None, alias="from", min_length=1, max_length=80)
    source: Id | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.start is None) != (self.source is None):
            raise ValueError("from and source go together: a node, and the run that is taken over")
        if self.start and (self.node or self.input):
            raise ValueError("with from there is no node and no input: both are of the run source")
        return self


class PlayedGraphOut(BaseModel):
    """The graph a run plays, as `/scores/{id}/graph` writes it."""

    nodes: list[JSON]
    edges: list[JSON]


class AnswerIn(Body):
    """What a person says of a write that was cut in half: was it sent?"""

    iteration: Iteration = ""
    sent: bool


class ItemIn(Body):
    """What becomes of one item of a gate; `item` is its new form when it is edited."""

    index: int = Field(ge=0, le=2_000_000_000)
    decision: Literal["approve", "edit", "drop"]
    item: Any = None

    @model_validator(mode="after")
    def _an_edit_brings_the_item(self) -> Self:
        if self.decision == "edit" and "item" not in self.model_fields_set:
            raise ValueError("an edit needs the item in its new form")
        return self


class DecisionIn(Body):
    """What a person decides at a gate: each of its items, once."""

    iteration: Iteration = ""
    items: list[ItemIn]
    comment: str = Field("", max_length=10_000)

    def decisions(self) -> list[ItemDecision]:
        return [ItemDecision(item.index, item.decision, item.item) for item in self.items]


class RunFilters(PageQuery):
    status: list[RunStatus] = []
    orchestra: Id | None = None
    score: Id | None = None
    mode: Mode | None = None
    since: Moment | None = Field(None, description="Asked for at this time or later.")

    def conditions(self) -> JSON:
        """What the rows have to fulfil, for `filter`."""
        wanted = {
            "status__in": self.status or None,
            "orchestra_id": self.orchestra,
            "score_id": self.score,
            "mode": self.mode,
            "queued_at__gte": self.since,
        }
        return {name: value for name, value in wanted.items() if value is not None}


class Tokens(BaseModel):
    input: int
    output: int
    cache_read: int
    cache_write: int


class Failure(BaseModel):
    """Why a run or a node failed; `node` is the one that a run failed at."""

    code: str
    message: str
    node: str | None = None
    details: JSON = {}


class RunOut(BaseModel):
    id: str
    status: RunStatus
    waiting_for: str
    mode: Mode
    trigger: Trigger
    score_id: str
    score_version: int | None
    orchestra_id: str | None
    parent_run_id: str | None
    input: JSON
    output: Any
    error: Failure | None
    errors: int
    tokens: Tokens
    cost_cents: float
    cost_microdollars: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class RunNodeOut(BaseModel):
    """`call` 0 is the node, 1 and on the tool calls inside it. `reused_from`: the run that recorded
    it first, or the plan that it was approved in."""

    node: str
    label: str
    kind: str
    iteration: str
    attempt: int
    call: int
    operation: str
    guarantee: Guarantee | None = Field(
        description="How often its effect happens, whatever is killed when; null: it has none."
    )
    child_run_id: str | None = Field(description="Of a subscore: the run that plays it.")
    status: NodeStatus
    port: str | None
    input: Any
    output: Any
    error: Failure | None
    agent_id: str | None
    agent_version: int | None
    model: str | None
    tokens: Tokens
    cost_cents: float
    cost_microdollars: int
    started_at: datetime | None
    finished_at: datetime | None
    reused_from: str | None


class EventOut(BaseModel):
    number: int
    at: datetime
    kind: str
    node: str
    iteration: str
    payload: JSON


def run_out(run: Run) -> RunOut:
    return RunOut(
        tokens=Tokens(
            input=run.tokens_input,
            output=run.tokens_output,
            cache_read=run.tokens_cache_read,
            cache_write=run.tokens_cache_write,
        ),
        error=_failure(run.error),
        created_at=run.queued_at,
        **{name: getattr(run, name) for name in SHOWN_OF_RUN},
    )


def run_node_out(row: RunNode, drawn: JSON) -> RunNodeOut:
    """A recorded node; `drawn` is what the graph says of it ({} when it has no such node)."""
    return RunNodeOut(
        node=row.node_key,
        label=drawn.get("label", ""),
        kind=drawn.get("kind", ""),
        output=row.output_json,
        error=_failure(row.error),
        guarantee=guarantee_of(row.operation),
        tokens=Tokens(
            input=row.tokens_input,
            output=row.tokens_output,
            cache_read=row.tokens_cache_read,
            cache_write=row.tokens_cache_write_5m + row.tokens_cache_write_1h,
        ),
        cost_cents=round(row.cost_microdollars / 10_000, CENTS_DIGITS),
        reused_from=getattr(row, "reused_from", None),
        **{name: getattr(row, name) for name in SHOWN_OF_NODE},
    )


def event_out(event: RunEvent) -> EventOut:
    named = {
        name: getattr(event, name) for name in ("number", "at", "kind", "iteration", "payload")
    }
    return EventOut(node=event.node_key, **named)


def _failure(error: JSON | None) -> Failure | None:
    return Failure.model_validate(error) if error else None


SHOWN_OF_RUN = (
    "id",
    "status",
    "waiting_for",
    "mode",
    "trigger",
    "score_id",
    "score_version",
    "orchestra_id",
    "parent_run_id",
    "input",
    "output",
    "errors",
    "cost_cents",
    "cost_microdollars",
    "started_at",
    "finished_at",
)
SHOWN_OF_NODE = (
    "child_run_id",
    "iteration",
    "attempt",
    "call",
    "operation",
    "status",
    "port",
    "input",
    "agent_id",
    "agent_version",
    "model",
    "cost_microdollars",
    "started_at",
    "finished_at",
)
