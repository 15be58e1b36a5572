"""The rows of the timeline: nodes, and under open maps their items, alone or in spans."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from runs.models import NodeStatus, Run

from .drawing import Drawing
from .records import Item, Level, Played
from .view import View

LISTED = 20  # a map with more items shows them in spans of this many, or of 10 times as many
MOST_SPANS = 60


@dataclass(frozen=True)
class Bar:
    """A stretch of time on the row; left and width in per cent of the run's."""

    look: str
    left: float
    width: float


@dataclass(frozen=True)
class Row:
    """One line. `href` chooses it, or opens what has no detail of its own; `toggle` opens it."""

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


@dataclass
class Timeline:
    """Builds the rows of a run for a view; `levels` and `items` hold what is open, read before."""

    run: Run
    view: View
    drawing: Drawing
    clock: Clock
    levels: dict[str, Level]
    items: dict[str, list[Item]]
    defaults: list[str] = field(default_factory=list)

    def rows(self, iteration: str = "", owner: str | None = None, depth: int = 0) -> Iterator[Row]:
        """The nodes of one scope in one iteration, each with what is open below it."""
        level = self.levels.get(iteration, {})
        keys = [*self.drawing.keys(owner), *level]
        for key in dict.fromkeys(keys):
            yield self._node_row(key, owner, iteration, level, depth)
            if self.drawing.kind(key) == "map_over" and self._is_open(
                path := _join(iteration, key)
            ):
                yield from self._items_below(path, key, self.items.get(path, []), depth + 1)

    def _node_row(
        self, key: str, owner: str | None, iteration: str, level: Level, depth: int
    ) -> Row:
        played = level.get(key)
        status = self.drawing.status_of(key, owner, level, self.run)
        kind, path = self.drawing.kind(key), _join(iteration, key)
        items = self.items.get(path)
        is_map = kind == "map_over" and status != NodeStatus.SKIPPED
        begin, end = _stretch(played, items)
        return Row(
            id=f"row-{path}",
            depth=depth,
            kind=kind,
            glyph=self.drawing.glyph(key),
            name=key,
            note=self._note(key, owner, level, items),
            status="pending" if status == "not_reached" else status,
            word="Not reached" if status == "not_reached" else "",
            bars=self._bars(kind, status, played, begin, end),
            span=end - begin if begin and end and status != NodeStatus.SKIPPED else None,
            cost=_cost(played, items, kind),
            href=self.view.choosing(key, iteration).query(),
            toggle=self._toggle(path) if is_map else "",
            is_open=is_map and self._is_open(path),
            is_chosen=(key, iteration) == (self.view.node, self.view.iteration),
        )

    def _bars(
        self,
        kind: str,
        status: str,
        played: Played | None,
        begin: datetime | None,
        end: datetime | None,
    ) -> list[Bar]:
        look = {"llm": "is-llm", "deterministic": ""}.get(kind, "is-control")
        if status == NodeStatus.SKIPPED or (played is None and begin is None):
            return []
        if played is None or status in (NodeStatus.RUNNING, NodeStatus.WAITING):
            return self.clock.bar("is-live", begin, None)
        bars: list[Bar] = []
        for number, row in enumerate(played.attempts):
            if number:
                bars += self.clock.bar(
                    "is-wait", played.attempts[number - 1].finished_at, row.started_at
                )
            look_now = "is-failed" if row.status == NodeStatus.FAILED else look
            first = begin if len(played.attempts) == 1 else row.started_at
            bars += self.clock.bar(look_now, first, row.finished_at)
        return bars

    def _note(self, key: str, owner: str | None, level: Level, items: list[Item] | None) -> str:
        played = level.get(key)
        if items is not None and self.drawing.kind(key) == "map_over":
            return _items_in_words(items, self._body_size(key), done=True)
        if played is None:
            return ""
        if played.last.status == NodeStatus.SKIPPED:
            return self.drawing.why_skipped(key, owner, level)
        notes = [f"{len(played.attempts)} attempts"] if len(played.attempts) > 1 else []
        if played.calls:
            notes.append(
                f"{len(played.calls)} tool calls" if len(played.calls) > 1 else "1 tool call"
            )
        if played.last.port not in (None, "success"):
            notes.append(str(played.last.port))
        return ", ".join(notes)

    def _items_below(self, path: str, owner: str, items: list[Item], depth: int) -> Iterator[Row]:
        """The items themselves, or when they are many spans of them, of which some are open."""
        if len(items) <= LISTED:
            yield from self._item_rows(path, owner, items, depth)
            return
        for first, last, inside in spans_of(items):
            token = f"{path}:{first}-{last}"
            yield self._span_row(token, f"items {first} to {last}", inside, owner, depth)
            if self.view.is_open(token):
                yield from self._items_below(path, owner, inside, depth + 1)

    def _item_rows(self, path: str, owner: str, items: list[Item], depth: int) -> Iterator[Row]:
        for item in items:
            token = f"{path}:{item.number}"
            yield self._span_row(token, f"item {item.number}", [item], owner, depth)
            if self.view.is_open(token):
                yield from self.rows(token, owner, depth + 1)

    def _span_row(self, token: str, name: str, items: list[Item], owner: str, depth: int) -> Row:
        size = self._body_size(owner)
        statuses = {self._item_status(item, size) for item in items}
        status = next(name for name in ORDER if name in statuses)
        begin = min((item.began for item in items if item.began), default=None)
        end = max((item.ended for item in items if item.ended), default=None)
        live = status == NodeStatus.RUNNING
        return Row(
            id=f"row-{token}",
            depth=depth,
            kind="map_over",
            glyph="",
            name=name,
            note="" if len(items) == 1 else _items_in_words(items, size, done=False),
            status=status,
            word=_failed_in_words(items) if status == NodeStatus.FAILED else "",
            bars=self.clock.bar("is-live" if live else "is-control", begin, None if live else end),
            span=end - begin if begin and end else None,
            cost=sum(item.cost for item in items) or None,
            href=self._toggle(token),
            toggle=self._toggle(token),
            is_open=self.view.is_open(token),
        )

    def _item_status(self, item: Item, size: int) -> str:
        if item.attention:
            return NodeStatus.NEEDS_ATTENTION
        if item.failed:
            return NodeStatus.FAILED
        if item.settled >= size:
            return NodeStatus.SUCCEEDED
        return NodeStatus.CANCELLED if self.run.is_finished else NodeStatus.RUNNING

    def _body_size(self, owner: str) -> int:
        return len(self.drawing.keys(owner))

    def _is_open(self, path: str) -> bool:
        return self.view.is_open(path, by_default=path in self.defaults)

    def _toggle(self, path: str) -> str:
        return self.view.toggled(path, self.defaults).query()


ORDER = [
    NodeStatus.NEEDS_ATTENTION,
    NodeStatus.RUNNING,
    NodeStatus.FAILED,
    NodeStatus.CANCELLED,
    NodeStatus.SUCCEEDED,
]


def spans_of(items: list[Item]) -> Iterator[tuple[int, int, list[Item]]]:
    """Spans of equal size over the numbers, few enough to read: (first, last, items in it)."""
    size = LISTED
    while len(items) > size * MOST_SPANS:
        size *= 10
    last_number = items[-1].number
    inside: list[Item] = []
    for item in items:
        if inside and item.number // size != inside[0].number // size:
            yield _span(inside, size, last_number)
            inside = []
        inside.append(item)
    yield _span(inside, size, last_number)


def _span(items: list[Item], size: int, last_number: int) -> tuple[int, int, list[Item]]:
    first = items[0].number // size * size
    return first, min(first + size - 1, last_number), items


def _items_in_words(items: list[Item], size: int, *, done: bool) -> str:
    """`171 done, 29 failed, 5 in flight`; of a span only what is not done."""
    failed = sum(bool(item.failed) for item in items)
    ended = sum(item.settled >= size and not item.failed for item in items)
    in_flight = len(items) - ended - failed
    counts = [
        (ended if done else 0, "done"),
        (failed if done else 0, "failed"),
        (in_flight, "in flight"),
    ]
    return ", ".join(f"{count:,} {word}" for count, word in counts if count)


def _failed_in_words(items: list[Item]) -> str:
    failed = sum(bool(item.failed) for item in items)
    return f"{failed:,} failed" if failed and len(items) > 1 else ""


def _stretch(
    played: Played | None, items: list[Item] | None
) -> tuple[datetime | None, datetime | None]:
    """From the first attempt's start to the last one's end; a map begins with its first item."""
    begins = [row.started_at for row in played.attempts if row.started_at] if played else []
    begins += [item.began for item in items or [] if item.began]
    end = played.last.finished_at if played else None
    begin = min(begins, default=None)
    return begin or end, end


def _cost(played: Played | None, items: list[Item] | None, kind: str) -> int | None:
    """What was spent; None where nothing could be."""
    total = (played.cost if played else 0) + sum(item.cost for item in items or [])
    return total if total or (kind == "llm" and played) else None


def _join(iteration: str, key: str) -> str:
    return f"{iteration}/{key}" if iteration else key
