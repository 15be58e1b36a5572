"""May a call be made? Decided from what is allowed, spent and held by calls in flight. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

from maestro.errors import NodeError
from maestro.numbers import money

Scope = Literal["run", "orchestra", "workspace"]

SCOPES: dict[Scope, str] = {
    "run": "this run may cost",
    "orchestra": "its orchestra may spend in a month",
    "workspace": "the workspace may spend in a month",
}


RAISE_OR_CANCEL = "Raise the budget, and it goes on; or cancel the run."


class BudgetReached(NodeError):
    """Nothing is left of a budget: a person raises it or ends the run. Details name the budget."""

    code = "budget_reached"


class Busy(Exception):
    """What is left is held by calls in flight; when they have ended there may be room."""


@dataclass(frozen=True, slots=True)
class Cap:
    """In micro-dollars; `allowed` None: no limit. `scope` is run, orchestra or workspace, `id` the
    row that says how much is allowed. `held`: reserved by calls in flight."""

    scope: Scope
    id: str
    allowed: int | None
    spent: int
    held: int

    @property
    def is_reached(self) -> bool:
        return self.allowed is not None and self.spent >= self.allowed


@dataclass(frozen=True, slots=True)
class Offer:
    """A model that might be asked, and what that may cost at most."""

    model: str
    most: int


class Verdict(IntEnum):
    """From good to bad; of several caps the worst counts."""

    FITS = 0
    LAST = 1  # it may go beyond the cap, but nothing else is in flight
    BUSY = 2
    FULL = 3


def judge(cap: Cap, most: int) -> Verdict:
    """Only one call at a time may go beyond a cap: so it is overshot by one call at most."""
    if cap.allowed is None or most == 0:
        return Verdict.FITS
    if cap.spent >= cap.allowed:
        return Verdict.FULL
    if cap.spent + cap.held + most <= cap.allowed:
        return Verdict.FITS
    return Verdict.BUSY if cap.held else Verdict.LAST


def choose(caps: Sequence[Cap], offers: Sequence[Offer], way_on: str = RAISE_OR_CANCEL) -> Offer:
    """The offer to take: the first if it fits, else the cheaper one behind it, if any.

    Raises Busy, or BudgetReached, which ends with `way_on`: what whoever asks can do.
    """
    own = _worst(caps, offers[0])
    if own is Verdict.FITS:
        return offers[0]
    if own is Verdict.BUSY:
        raise Busy
    cheapest = offers[-1]
    verdict = _worst(caps, cheapest)
    if verdict is Verdict.BUSY:
        raise Busy
    if verdict is Verdict.FULL:
        raise reached(next(cap for cap in caps if cap.is_reached), way_on)
    return cheapest


def reached(cap: Cap, way_on: str) -> BudgetReached:
    """The refusal that names the cap."""
    allowed = "nothing" if not cap.allowed else money(cap.allowed)
    spent = f"{money(cap.spent) or 0} of {allowed}"
    message = f"All that {SCOPES[cap.scope]} is spent: {spent}. {way_on}"
    return BudgetReached(message, scope=cap.scope, id=cap.id, allowed=cap.allowed, spent=cap.spent)


def _worst(caps: Sequence[Cap], offer: Offer) -> Verdict:
    return max((judge(cap, offer.most) for cap in caps), default=Verdict.FITS)
