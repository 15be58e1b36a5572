"""How much of a skill may go on at once: what it says of itself, made tighter by a workspace."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """None: without limit. `concurrency`: calls at once; `per_minute`: calls begun in a minute.

    Both hold for a workspace, across all that plays its runs.
    """

    concurrency: int | None = None
    per_minute: int | None = None

    def __post_init__(self) -> None:
        for name in ("concurrency", "per_minute"):
            given = getattr(self, name)
            if given is not None and given < 1:
                raise ValueError(f"{name} is {given}; 1 is the least")

    def __bool__(self) -> bool:
        return self.concurrency is not None or self.per_minute is not None

    def tightened(self, by: Limits) -> Limits:
        """Of each the lower one."""
        return Limits(
            _lower(self.concurrency, by.concurrency), _lower(self.per_minute, by.per_minute)
        )

    def in_words(self) -> str:
        """`2 at once, 60 a minute`; empty without limits."""
        told = [
            f"{self.concurrency:,} at once" if self.concurrency else "",
            f"{self.per_minute:,} a minute" if self.per_minute else "",
        ]
        return ", ".join(filter(None, told))


NO_LIMITS = Limits()


def _lower(one: int | None, other: int | None) -> int | None:
    return min((n for n in (one, other) if n is not None), default=None)
