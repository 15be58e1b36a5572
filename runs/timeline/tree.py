"""The rows of the timeline: nodes, and below them what is open of their items and passes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from runs.models import NodeStatus, Run
from scores.document import EVERY, SUCCESS
from scores.scopes import Scope

from .drawing import Drawing
from .items import (
    LISTED,
    all_in_words,
    failed_in_words,
    in_flight_in_words,
    spans_of,
    status_of,
)
from .records import ITEM, PASS, Item, Level, Played, join
from .row import Bar, Clock, Row
from .view import View

LIVE = (NodeStatus.RUNNING, NodeStatus.WAITING)
WORDS = {ITEM: ("item", "items"), PASS: ("pass", "passes")}


@dataclass(frozen=True)
class Many:
    """What is played several times: items of a map or passes of a loop, with the scope of one."""

    path: str
    mark: str
    scope: Scope

    @property
    def size(self) -> int:
        return len(self.scope.keys)


@dataclass
class Timeline:
    """Builds the rows of a run for a view; `levels` and `items` hold what is open, read before."""

    run: Run
    view: View
    drawing: Drawing
    clock: Clock
    levels: dict[str, Level]
    items: dict[str, list[Item]]
    defaults: list[str]

    def rows(self) -> Iterator[Row]:
        return self._rows_of(self.drawing.graph.scope(None), "", 0)

    def _rows_of(self, scope: Scope, iteration: str, depth: int) -> Iterator[Row]:
        """The nodes of a scope in one iteration, each with what is open below it."""
        level = self.levels.get(iteration, {})
        for key in dict.fromkeys([*self.drawing.in_order(scope), *level]):
            yield self._node_row(key, scope, iteration, level, depth)
            path = join(iteration, key)
            if self.drawing.kind(key) == "map_over" and self._is_open(path):
                yield from self._below(Many(path, ITEM, self._body_of(key)), depth + 1)
            if key in scope.loops:
                yield from self._below(Many(path, PASS, scope.loops[key].scope), depth + 1)

    def _node_row(self, key: str, scope: Scope, iteration: str, level: Level, depth: int) -> Row:
        played, path, kind = level.get(key), join(iteration, key), self.drawing.kind(key)
        status = self.drawing.status_of(key, scope, level, self.run)
        items = self.items.get(path + ITEM) if kind == "map_over" else None
        begin, end = _stretch(played, items)
        is_map = kind == "map_over" and status != NodeStatus.SKIPPED
        return Row(
            id=f"row-{path}",
            depth=depth,
            kind=kind,
            glyph=self.drawing.glyph(key),
            name=self.drawing.name(key),
            hint=key,
            note=self._note(key, scope, level, items),
            status="pending" if status == "not_reached" else status,
            word="Not reached" if status == "not_reached" else "",
            bars=self._bars(kind, status, played, begin),
            span=end - begin if begin and end and status != NodeStatus.SKIPPED else None,
            cost=_cost(played, items, kind),
            href=self.view.choosing(key, iteration).query(),
            toggle=self._toggle(path) if is_map else "",
            is_open=is_map and self._is_open(path),
            is_chosen=(key, iteration) == (self.view.node, self.view.iteration),
        )

    def _bars(
        self, kind: str, status: str, played: Played | None, begin: datetime | None
    ) -> list[Bar]:
        look = {"llm": "is-llm", "deterministic": ""}.get(kind, "is-control")
        if status == NodeStatus.SKIPPED or (played is None and begin is None):
            return []
        if played is None or status in LIVE:
            return self.clock.bar("is-live", begin, None)
        bars: list[Bar] = []
        before: datetime | None = None
        for row in played.attempts:
            if before is not None:
                bars += self.clock.bar("is-wait", before, row.started_at)
            failed = row.status == NodeStatus.FAILED
            first = begin if len(played.attempts) == 1 else row.started_at
            bars += self.clock.bar("is-failed" if failed else look, first, row.finished_at)
            before = row.finished_at
        return bars

    def _note(self, key: str, scope: Scope, level: Level, items: list[Item] | None) -> str:
        played = level.get(key)
        if items:
            return all_in_words(items, len(self._body_of(key).keys))
        if played is None:
            return ""
        if played.last.status == NodeStatus.SKIPPED:
            said = (played.last.error or {}).get("message")
            return said or self.drawing.why_skipped(key, scope, level)
        notes = [f"{len(played.attempts)} attempts"] if len(played.attempts) > 1 else []
        if played.last.source_node_id:
            notes.append("as approved" if played.last.started_at else "taken over")
        if played.calls:
            notes.append(f"tool calls {len(played.calls)}")
        if played.last.port not in (None, SUCCESS, EVERY):
            notes.append(str(played.last.port))
        return ", ".join(notes)

    def _below(self, many: Many, depth: int) -> Iterator[Row]:
        return self._items(many, self.items.get(many.path + many.mark, []), depth)

    def _items(self, many: Many, items: Sequence[Item], depth: int) -> Iterator[Row]:
        """The items themselves, or when they are too many spans of them, of which some are open."""
        one, several = WORDS[many.mark]
        if len(items) <= LISTED:
            for item in items:
                token = f"{many.path}{many.mark}{item.number}"
                yield self._span_row(token, f"{one} {item.number}", [item], many, depth)
                if self.view.is_open(token):
                    yield from self._rows_of(many.scope, token, depth + 1)
            return
        for first, last, inside in spans_of(items):
            token = f"{many.path}{many.mark}{first}-{last}"
            yield self._span_row(token, f"{several} {first} to {last}", inside, many, depth)
            if self.view.is_open(token):
                yield from self._items(many, inside, depth + 1)

    def _span_row(self, token: str, name: str, items: list[Item], many: Many, depth: int) -> Row:
        status = status_of(items, many.size, is_over=self.run.is_finished)
        begin = min((item.began for item in items if item.began), default=None)
        end = max((item.ended for item in items if item.ended), default=None)
        live = status == NodeStatus.RUNNING
        return Row(
            id=f"row-{token}",
            depth=depth,
            kind="map_over" if many.mark == ITEM else "loop",
            glyph="",
            name=name,
            note=in_flight_in_words(items, many.size),
            status=status,
            word=failed_in_words(items) if status == NodeStatus.FAILED else "",
            bars=self.clock.bar("is-live" if live else "is-control", begin, None if live else end),
            span=end - begin if begin and end else None,
            cost=sum(item.cost for item in items) or None,
            href=self._toggle(token),
            toggle=self._toggle(token),
            is_open=self.view.is_open(token),
        )

    def _body_of(self, key: str) -> Scope:
        return self.drawing.graph.scope(key)

    def _is_open(self, path: str) -> bool:
        return self.view.is_open(path, by_default=path in self.defaults)

    def _toggle(self, path: str) -> str:
        return self.view.toggled(path, self.defaults).query()


def _stretch(
    played: Played | None, items: list[Item] | None
) -> tuple[datetime | None, datetime | None]:
    """From the first attempt's start to the last one's end; a map begins with its first item."""
    begins = [row.started_at for row in played.attempts if row.started_at] if played else []
    begins += [item.began for item in items or [] if item.began]
    end = played.last.finished_at if played else None
    return min(begins, default=None) or end, end


def _cost(played: Played | None, items: list[Item] | None, kind: str) -> int | None:
    """What was spent; None where nothing could be."""
    total = (played.cost if played else 0) + sum(item.cost for item in items or [])
    return total if total or (kind == "llm" and played) else None
