"""The catalog on the wire."""

from datetime import datetime

from pydantic import BaseModel, Field

from agents.skills.guarantee import Guarantee
from agents.skills.operation import Effect, Kind
from agents.skills.outcome import JSON
from maestro.errors import NodeError
from maestro.rest.shapes import Body, Query
from maestro.workspaces.models import TestOutcome
from runs.trials import Tried

from .entries import Detail, Entry
from .recent import Failure, Figures
from .secrets import SlotHealth


class OperationFilters(Query):
    """All that are given must hold."""

    skill: str | None = Field(None, max_length=80, description="Like http.")
    effect: Effect | None = None
    kind: Kind | None = None

    def lets(self, entry: Entry) -> bool:
        operation = entry.operation
        asked = [
            (self.skill, operation.skill),
            (self.effect, operation.effect),
            (self.kind, operation.kind),
        ]
        return all(wanted in (None, found) for wanted, found in asked)


class UserOut(BaseModel):
    id: str
    name: str


class ScoreUseOut(UserOut):
    nodes: list[str]


class FiguresOut(BaseModel):
    """Of the calls in the newest 100 live runs, at most 300 of each."""

    calls: int
    errors: int
    median_ms: int | None
    p95_ms: int | None
    last_at: datetime | None


class UsedOperationOut(BaseModel):
    """`figures` null: not called of late."""

    operation: str
    description: str
    kind: Kind
    effect: Effect
    guarantee: Guarantee | None
    nodes: int
    agents: int
    figures: FiguresOut | None


class SlotHealthOut(BaseModel):
    """`filled_by` is a secret's name, `environment`, or null: nothing. `outcome` is that of the
    secret's last test in this slot; null: it was not tested."""

    slot: str
    hosts: list[str]
    filled_by: str | None
    outcome: TestOutcome | None


class FailureOut(BaseModel):
    run_id: str
    node: str
    iteration: str
    error: JSON
    at: datetime | None


class OperationDetailOut(UsedOperationOut):
    scores: list[ScoreUseOut]
    allowed_to: list[UserOut] = Field(description="The agents that may call it.")
    secrets: list[SlotHealthOut]
    failures: list[FailureOut]


class TrialIn(Body):
    """`confirm` is wanted of what writes and of what asks a model: it happens for real."""

    input: JSON = Field(default_factory=dict)
    confirm: bool = False


class TrialOut(BaseModel):
    """A port and an output, or an error; both without secrets. `model` and costs: where one was asked."""

    port: str | None
    output: JSON | None
    error: JSON | None
    milliseconds: int
    model: str | None
    cost_cents: float
    cost_microdollars: int


def used_operation_out(entry: Entry) -> UsedOperationOut:
    return UsedOperationOut.model_validate(_told(entry))


def operation_detail_out(detail: Detail) -> OperationDetailOut:
    uses = detail.entry.uses
    return OperationDetailOut(
        **_told(detail.entry),
        scores=[
            ScoreUseOut(id=score.pk, name=score.name, nodes=keys)
            for score, keys in uses.scores.items()
        ],
        allowed_to=[UserOut(id=agent.pk, name=agent.name) for agent in uses.agents],
        secrets=[_health(one) for one in detail.secrets],
        failures=[_failure(one) for one in detail.failures],
    )


def trial_out(tried: Tried) -> TrialOut:
    error, outcome, booked = tried.error, tried.outcome, tried.booked
    cost = booked.cost_microdollars if booked else 0
    return TrialOut(
        port=outcome.port if outcome else None,
        output=outcome.output if outcome else None,
        error=error.as_json() if isinstance(error, NodeError) else None,
        milliseconds=tried.milliseconds,
        model=booked.model if booked else None,
        cost_cents=round(cost / 10_000, 4),
        cost_microdollars=cost,
    )


def _told(entry: Entry) -> JSON:
    operation = entry.operation
    return {
        "operation": operation.full_name,
        "description": operation.description,
        "kind": operation.kind,
        "effect": operation.effect,
        "guarantee": operation.guarantee(),
        "nodes": entry.uses.nodes,
        "agents": len(entry.uses.agents),
        "figures": _figures(entry.figures) if entry.figures else None,
    }


def _figures(figures: Figures) -> FiguresOut:
    spans = (figures.median, figures.slow)
    median, slow = [None if span is None else round(span.total_seconds() * 1000) for span in spans]
    return FiguresOut(
        calls=figures.calls,
        errors=figures.errors,
        median_ms=median,
        p95_ms=slow,
        last_at=figures.last_at,
    )


def _health(one: SlotHealth) -> SlotHealthOut:
    by = one.secret.name if one.secret else "environment"
    filled_by = by if one.is_filled else None
    return SlotHealthOut(slot=one.slot, hosts=one.hosts, filled_by=filled_by, outcome=one.outcome)


def _failure(one: Failure) -> FailureOut:
    return FailureOut(
        run_id=one.run_id, node=one.node_key, iteration=one.iteration, error=one.error, at=one.at
    )
