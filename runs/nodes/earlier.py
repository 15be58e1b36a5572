"""The run that another one takes over from, as its nodes ask about it.

An item of a map is looked for by what it is, not by its number: where items fell out before, the
others have moved up.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from agents.skills.outcome import canonical
from runs.models import Reuse, RunNode

from .explaining import Known

JSON = dict[str, Any]


@dataclass
class Earlier:
    """`paths`: where an item of this run was in the earlier one; None: it was not there. `foreseen`: by
    row of a plan what dropped effects make of its input, value by place.

    `rows` are read node by node, when they are first asked for: by path, those of one node.
    """

    run: str
    use: str
    known: Known = field(default_factory=Known)
    paths: dict[str, str | None] = field(default_factory=dict)
    foreseen: dict[int, JSON] = field(default_factory=dict)
    rows: dict[str, dict[str, RunNode]] = field(default_factory=dict)
    reading: asyncio.Lock = field(default_factory=asyncio.Lock)
    knows: bool = False

    @classmethod
    def of(cls, pins: JSON) -> "Earlier | None":
        """As the run's start pinned it; None for a run that takes over no more than its rows."""
        source = pins.get("source")
        if not source:
            return None
        foreseen = {int(row): values for row, values in source.get("foreseen", {}).items()}
        return cls(source["run"], source["use"], foreseen=foreseen)

    @property
    def is_plan(self) -> bool:
        """Whether this run applies it: only what was approved may happen."""
        return self.use == Reuse.APPLY

    def path_of(self, iteration: str) -> str | None:
        """What the iteration was called there."""
        parts = iteration.split("/") if iteration else []
        for length in range(len(parts), 0, -1):
            head = "/".join(parts[:length])
            if head in self.paths:
                there = self.paths[head]
                return None if there is None else "/".join([there, *parts[length:]])
        return iteration

    def align(self, owner: str, iteration: str, items: list[Any], before: list[Any] | None) -> None:
        """Find this run's items of a map among those it had there.

        `before` None: what it had is not known; then the numbers count.
        """
        there = self.path_of(iteration)
        for number, found in enumerate(self._places(items, before)):
            is_known = found is not None and there is not None
            path = _item(there or "", owner, found or 0) if is_known else None
            self.paths[_item(iteration, owner, number)] = path

    def _places(self, items: list[Any], before: list[Any] | None) -> Sequence[int | None]:
        if before is None:
            return range(len(items))
        found: list[int | None] = [None] * len(items)
        for number, item in enumerate(items[: len(before)]):
            if self._is_same(before[number], item):
                found[number] = number
        left = sorted(set(range(len(before))) - {place for place in found if place is not None})
        left = _find_equal(items, before, left, found)
        if self.known.by_sample:
            self._find_explained(items, before, left, found)
        return found

    def _find_explained(
        self, items: list[Any], before: list[Any], left: list[int], found: list[int | None]
    ) -> None:
        """Items that differ by what real writes gave. Begun behind the one found last, because what
        falls out lets the others move up."""
        at = 0
        for number, item in enumerate(items):
            if found[number] is not None:
                continue
            ahead = [*range(at, len(left)), *range(at)]
            here = next((one for one in ahead if self._is_same(before[left[one]], item)), None)
            if here is not None:
                found[number] = left.pop(here)
                at = here

    def _is_same(self, before: object, item: object) -> bool:
        return self.known.compare(before, item).is_the_same


def _find_equal(
    items: list[Any], before: list[Any], left: list[int], found: list[int | None]
) -> list[int]:
    """Note where the equal of each item is; what is `left` then. Thousands of items are looked up,
    not compared with one another."""
    places: dict[str, list[int]] = defaultdict(list)
    for place in reversed(left):
        places[canonical(before[place])].append(place)
    for number, item in enumerate(items):
        if found[number] is None and (same := places.get(canonical(item))):
            found[number] = same.pop()
    return sorted(place for same in places.values() for place in same)


def _item(iteration: str, owner: str, number: int) -> str:
    return f"{iteration}/{owner}:{number}" if iteration else f"{owner}:{number}"
