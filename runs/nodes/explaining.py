"""How a value differs from a planned one, and whether real writes explain that. Pure.

A plan answers a write with a sample; applied, the write gives something else, and what follows is
given that. Such a difference is no change of what was approved; every other one is.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

JSON = dict[str, Any]
Leaf = Any
_ABSENT: Any = object()
SHOWN = 80  # characters of a value in a sentence


@dataclass(frozen=True)
class Difference:
    """A place where the value is now another one than planned, and no write explains it."""

    place: str
    planned: Leaf
    now: Leaf

    @property
    def is_gone(self) -> bool:
        """Whether nothing is there now."""
        return self.now is _ABSENT

    def in_words(self) -> str:
        """`body was planned as “3 sent” and is “2 sent” now`."""
        now = "is not there" if self.is_gone else f"is {_in_short(self.now)}"
        was = "not planned" if self.planned is _ABSENT else f"planned as {_in_short(self.planned)}"
        return f"{self.place or 'the input'} was {was} and {now} now"

    def as_json(self) -> JSON:
        shown = {"planned": self.planned, "now": self.now}
        return {"place": self.place, **{n: v for n, v in shown.items() if v is not _ABSENT}}


@dataclass
class Comparison:
    """`pairs`: sample values, with what stands in their place now. `shorter`: a list has lost some
    of its items, or a value is what dropping effects makes of it."""

    differences: list[Difference] = field(default_factory=list)
    pairs: dict[Leaf, set[Leaf]] = field(default_factory=lambda: defaultdict(set))
    shorter: bool = False

    @property
    def is_as_planned(self) -> bool:
        """Nothing that was not planned: items may be missing, because effects were dropped."""
        return not self.differences

    @property
    def is_the_same(self) -> bool:
        """But for what real writes gave in place of samples."""
        return not self.differences and not self.shorter

    def as_foreseen(self) -> JSON:
        """By place [the value there now], [] where nothing is: to be known again later."""
        return {one.place: [] if one.is_gone else [one.now] for one in self.differences}

    def carried_over(self, value: Leaf) -> Leaf:
        """A planned value with what stands in place of the samples now, where that is one thing."""
        match value:
            case dict():
                return {name: self.carried_over(inner) for name, inner in value.items()}
            case list():
                return [self.carried_over(inner) for inner in value]
            case str() | int() if _tells(value) and len(self.pairs.get(value, ())) == 1:
                return next(iter(self.pairs[value]))
            case str():
                return self._in_text(value)
            case _:
                return value

    def _in_text(self, text: str) -> str:
        for sample, now in self.pairs.items():
            if isinstance(sample, str) and len(now) == 1:
                text = text.replace(sample, str(next(iter(now))))
        return text


@dataclass
class Known:
    """What real writes gave, by the sample values they were planned with."""

    by_sample: dict[Leaf, set[Leaf]] = field(default_factory=lambda: defaultdict(set))

    def learn(self, sample: object, real: object) -> None:
        """A write was planned to answer `sample` and answered `real`."""
        for _, planned, now in differences(sample, real):
            if _tells(planned) and _tells(now):
                self.by_sample[planned].add(now)

    def compare(self, planned: object, now: object) -> Comparison:
        found = Comparison()
        for place, was, is_ in differences(planned, now):
            sample = self._sample_in(was, is_)
            if sample is not None:
                found.pairs[sample[0]].add(sample[1])
            elif self._has_lost_items(was, is_):
                found.shorter = True
            else:
                found.differences.append(Difference(place, was, is_))
        return found

    def explain(self, found: Comparison, foreseen: JSON) -> None:
        """Take out the differences that were foreseen (`Comparison.as_foreseen`) when effects were
        dropped."""
        left = []
        for one in found.differences:
            then = foreseen.get(one.place)
            if then is None or bool(then) == one.is_gone:
                left.append(one)
                continue
            compared = self.compare(then, [] if one.is_gone else [one.now])
            if compared.differences:
                left.append(one)
                continue
            found.shorter = True
            for sample, now in compared.pairs.items():
                found.pairs[sample] |= now
        found.differences = left

    def _has_lost_items(self, planned: Leaf, now: Leaf) -> bool:
        """Whether what is left of a list was planned, in that order."""
        if not (isinstance(planned, list) and isinstance(now, list)):
            return False
        left = iter(planned)
        return all(any(self.compare(was, is_).is_as_planned for was in left) for is_ in now)

    def _sample_in(self, planned: Leaf, now: Leaf) -> tuple[Leaf, Leaf] | None:
        """The sample that stood in the planned value, and what stands there now."""
        if _tells(planned) and _tells(now) and now in self.by_sample.get(planned, ()):
            return planned, now
        if not (isinstance(planned, str) and isinstance(now, str)):
            return None
        for sample, real in self.by_sample.items():
            if not isinstance(sample, str) or sample not in planned:
                continue
            for one in real:
                if planned.replace(sample, str(one)) == now:
                    return sample, one
        return None


def _in_short(leaf: Leaf) -> str:
    """Between quotes that the value has none of: failures are grouped by what is around them."""
    told = leaf if isinstance(leaf, str) else json.dumps(leaf, ensure_ascii=False)
    told = told.replace("”", '"')
    return f"“{told}”" if len(told) <= SHOWN else f"“{told[:SHOWN]}…”"


def _tells(leaf: Leaf) -> bool:
    """Whether a value is telling enough to be recognised: an empty text or a yes is not."""
    return isinstance(leaf, str | int) and not isinstance(leaf, bool) and leaf != ""


def differences(planned: Leaf, now: Leaf, place: str = "") -> Iterator[tuple[str, Leaf, Leaf]]:
    """(place, planned, now) of each value that differs; one side may be absent."""
    if isinstance(planned, dict) and isinstance(now, dict):
        for name in dict.fromkeys([*planned, *now]):
            here = f"{place}.{name}".lstrip(".")
            yield from differences(planned.get(name, _ABSENT), now.get(name, _ABSENT), here)
    elif isinstance(planned, list) and isinstance(now, list) and len(planned) == len(now):
        for index, (one, other) in enumerate(zip(planned, now, strict=True)):
            yield from differences(one, other, f"{place}[{index}]")
    elif type(planned) is bool or type(now) is bool:
        if planned is not now:
            yield place, planned, now
    elif planned is _ABSENT or now is _ABSENT or planned != now:
        yield place, planned, now
