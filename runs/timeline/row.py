"""What one line of the timeline is made of."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from runs.models import Run


@dataclass(frozen=True)
class Bar:
    """A stretch of time on the row; left and width in per cent of the run's."""

    look: str
    left: float
    width: float


@dataclass(frozen=True)
class Row:
    """One line. `href` chooses it, or opens what has no detail of its own; `toggle` opens it. `hint`:
    the key of a node, whatever it is called."""

    id: str
    depth: int
    kind: str
    glyph: str
    name: str
    note: str
    status: str
    word: str
    bars: list[Bar]
    span: timedelta | None
    cost: int | None
    href: str
    toggle: str = ""
    hint: str = ""
    is_open: bool = False
    is_chosen: bool = False


@dataclass(frozen=True)
class Clock:
    """The time that the timeline spans."""

    begin: datetime
    end: datetime

    @classmethod
    def of(cls, run: Run, now: datetime) -> "Clock":
        begin = run.started_at or run.queued_at
        return cls(begin, max(run.finished_at or now, begin + timedelta(milliseconds=1)))

    def bar(self, look: str, begin: datetime | None, end: datetime | None) -> list[Bar]:
        """One bar, or none where nothing is known."""
        first, last = begin or end, end or self.end
        if first is None:
            return []
        whole = (self.end - self.begin).total_seconds()
        left = min(max((first - self.begin).total_seconds() / whole * 100, 0), 100)
        width = min(max((last - first).total_seconds() / whole * 100, 0), 100 - left)
        return [Bar(look, round(left, 2), round(width, 2))]
