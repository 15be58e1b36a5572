"""A forecast in numbers. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Basis = Literal["recorded", "counted", "estimated", "free"]


@dataclass(frozen=True, slots=True)
class Range:
    """In micro-dollars: one of ten is below `low`, one of ten above `high`; `expected` is the mean."""

    low: int
    expected: int
    high: int

    @classmethod
    def of(cls, costs: Sequence[int]) -> "Range":
        """Of one cost or more."""
        ordered = sorted(costs)
        last = len(ordered) - 1
        expected = round(sum(ordered) / len(ordered))
        return cls(ordered[round(last * 0.1)], expected, ordered[round(last * 0.9)])

    def __add__(self, other: "Range") -> "Range":
        return Range(self.low + other.low, self.expected + other.expected, self.high + other.high)

    def times(self, factor: float) -> "Range":
        return Range(*(round(part * factor) for part in (self.low, self.expected, self.high)))


@dataclass(frozen=True, slots=True)
class Kept:
    """How a forecast of the runs before this month compares with the runs of this month."""

    runs: int
    forecast: Range
    actual: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """`runs` were looked at; `guessed` are nodes that no run has recorded, `why` says how they were
    guessed. `runs_a_month` None: nothing says how often it will play."""

    basis: Basis
    runs: int
    guessed: tuple[str, ...]
    why: tuple[str, ...]
    a_run: Range
    runs_a_month: float | None
    kept: Kept | None

    @property
    def a_month(self) -> Range | None:
        """Each run at its low or at its high: wider than chance would have it."""
        return None if self.runs_a_month is None else self.a_run.times(self.runs_a_month)
