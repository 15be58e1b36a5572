"""Budgets on the wire."""

from typing import Literal

from pydantic import BaseModel, Field

from maestro.rest.shapes import Body

from .caps import Cap

MAX_MICRODOLLARS = 10**15


class RunBudgetIn(Body):
    """What the run, with all runs below it, may cost; null: no limit of its own."""

    budget_microdollars: int | None = Field(ge=0, le=MAX_MICRODOLLARS)


class BudgetOut(BaseModel):
    """One budget now. `held_microdollars` is what calls in flight may still cost; of an orchestra
    and a workspace everything is of this month."""

    scope: Literal["run", "orchestra", "workspace"]
    id: str
    budget_microdollars: int | None
    spent_microdollars: int
    held_microdollars: int
    is_reached: bool


class BudgetsOut(BaseModel):
    items: list[BudgetOut]
    next_cursor: None = None


def budgets_out(caps: list[Cap]) -> BudgetsOut:
    return BudgetsOut(items=[_budget(cap) for cap in caps])


def _budget(cap: Cap) -> BudgetOut:
    return BudgetOut(
        scope=cap.scope,
        id=cap.id,
        budget_microdollars=cap.allowed,
        spent_microdollars=cap.spent,
        held_microdollars=cap.held,
        is_reached=cap.is_reached,
    )
