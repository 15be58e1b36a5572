"""Effects of a plan on the wire."""

from typing import Annotated, Any

from ninja import Path
from pydantic import BaseModel, Field

from maestro.rest.shapes import JSON, Body
from runs.actions import EffectChoice
from runs.models import Decision, NodeStatus

from .shown import ShownEffect

BIGGEST = 2**63 - 1
EffectId = Annotated[int, Field(ge=1, le=BIGGEST)]
EffectInPath = Annotated[int, Path(..., ge=1, le=BIGGEST)]


class ChoiceIn(Body):
    """`arguments`: of an edit, all of them, checked as the operation would."""

    decision: Annotated[Decision, Field(strict=False)]
    arguments: JSON | None = None


class EffectIn(ChoiceIn):
    id: EffectId

    def choice(self) -> EffectChoice:
        return EffectChoice(self.id, self.decision, self.arguments)


class ApplyIn(Body):
    """`items` decide as `PUT …/effects/{id}` does; what nobody decided on is approved.

    `accept_changes`: what dropping effects makes of the others (their `changes`) is as it should be;
    without it such a plan is not applied.
    """

    items: list[EffectIn] = Field([], max_length=10_000)
    accept_changes: bool = False


class OutcomeOut(BaseModel):
    """What became of it in the run that applied the plan."""

    run_id: str
    status: NodeStatus
    output: JSON | None
    error: JSON | None


class ChangeOut(BaseModel):
    """A place in the arguments: a side that is left out has nothing there."""

    place: str
    planned: Any = None
    now: Any = None


class EffectOut(BaseModel):
    """`arguments` as planned, `edited` as a person wants them; `sample` answered in the plan.

    `changes`: what dropping other effects makes of the arguments; `falls`: without those dropped it is
    not reached.
    """

    id: int
    run_id: str
    node: str
    iteration: str
    call: int
    operation: str
    effect: str
    arguments: JSON
    sample: JSON | None
    decision: Decision | None
    edited: JSON | None
    decided_by: str | None
    outcome: OutcomeOut | None
    changes: list[ChangeOut]
    falls: bool


def effect_out(shown: ShownEffect) -> EffectOut:
    row, decided = shown.row, shown.decided
    return EffectOut(
        id=row.pk,
        run_id=row.run_id,
        node=row.node_key,
        iteration=row.iteration,
        call=row.call,
        operation=row.operation,
        effect=row.effect,
        arguments=shown.arguments,
        sample=row.output_json,
        decision=Decision(decided.decision) if decided else None,
        edited=decided.arguments if decided else None,
        decided_by=decided.decided_by if decided else None,
        outcome=_outcome(shown),
        changes=[ChangeOut(**change) for change in shown.changes],
        falls=shown.is_fallen,
    )


def _outcome(shown: ShownEffect) -> OutcomeOut | None:
    row = shown.outcome
    if row is None:
        return None
    return OutcomeOut(
        run_id=row.run_id,
        status=NodeStatus(row.status),
        output=row.output_json,
        error=row.error,
    )
