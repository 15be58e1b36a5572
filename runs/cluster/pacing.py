"""Looks that cost the more the more runs wait, as seldom as they are expensive."""

from collections.abc import Callable

from runs.machine import now

REST = 100


class Paced:
    """Takes a look no sooner than a hundred times as long after it as it took: a hundredth of the
    time at most, however much there is to look through."""

    def __init__(self) -> None:
        self._from = 0.0

    def take(self, look: Callable[[], object]) -> None:
        began = now()
        if began < self._from:
            return
        look()
        ended = now()
        self._from = ended + REST * (ended - began)
