"""What an operation promises when a call of it was cut in half."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Guarantee(StrEnum):
    """How often its effect happens, whatever is killed when."""

    EXACTLY_ONCE = "exactly_once"  # Maestro's own tables, in one transaction with the record
    ONCE_PER_KEY = "once_per_key"  # repeated under its key, or looked up before it is repeated
    AT_MOST_ONCE = "at_most_once"  # never repeated: a person is asked

    @property
    def in_words(self) -> str:
        return WORDS[self]


WORDS = {
    Guarantee.EXACTLY_ONCE: "exactly once",
    Guarantee.ONCE_PER_KEY: "once under its key",
    Guarantee.AT_MOST_ONCE: "at most once, asks a person",
}


@dataclass(frozen=True, kw_only=True)
class LookUp:
    """How to find out whether a call happened.

    `function(input, context)`, sync or async like an operation, answers what the call would have
    (`Out` or `(port, Out)`) if it happened, else None; OutcomeUnknown when it cannot tell. A None
    counts only when the call was begun `settles_seconds` ago or longer: before, the far end may
    still be at it, or not show it yet. `denies`: a None then proves that it did not happen; if not,
    a person is asked.
    """

    function: Callable[..., Any]
    settles_seconds: float = 0
    denies: bool = True
