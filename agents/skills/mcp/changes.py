"""What a server tells of a tool now, beside what somebody agreed to. Pure."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from agents.comparison import Part, compare_texts

from .spec import ToolSpec

MAX_ROWS = 100
Place = tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """A place that differs; `before` or `after` is None where there was or is nothing."""

    place: str
    before: str | None
    after: str | None

    @property
    def what(self) -> str:
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "changed"

    @property
    def parts(self) -> list[Part]:
        """Word by word."""
        return list(compare_texts(self.before or "", self.after or ""))


@dataclass(frozen=True)
class Changes:
    """`rows` are at most MAX_ROWS; `unseen`: what differs is beyond what is kept and shown to anyone."""

    is_new: bool
    rows: tuple[Row, ...] = ()
    more: int = 0

    @property
    def unseen(self) -> bool:
        return not self.is_new and not self.rows


def changes_of(spec: ToolSpec) -> Changes:
    """Of a tool that waits to be accepted."""
    if spec.agreed is None:
        return Changes(is_new=True)
    found = list(_rows(spec.agreed, spec.told()))
    return Changes(False, tuple(found[:MAX_ROWS]), max(0, len(found) - MAX_ROWS))


def _rows(before: dict[str, Any], after: dict[str, Any]) -> Iterator[Row]:
    old, new = dict(_leaves(before)), dict(_leaves(after))
    for place in {**new, **old}:
        if old.get(place) != new.get(place):
            yield Row(" > ".join(place), old.get(place), new.get(place))


def _leaves(value: Any, place: Place = ()) -> Iterator[tuple[Place, str]]:  # noqa: ANN401  # any JSON
    """Each text, number or word of it with the place it stands at; lists of plain ones are one."""
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from _leaves(inner, (*place, name))
    elif isinstance(value, list) and any(isinstance(inner, dict | list) for inner in value):
        for number, inner in enumerate(value):
            yield from _leaves(inner, (*place, str(number)))
    else:
        yield place, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
