"""All that the page of a run shows, put together: constant in queries for what is open."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from maestro.numbers import tick
from runs.budgets import Cap, caps_of_run
from runs.models import NodeStatus, Run, RunEvent, RunNode

from .drawing import Drawing
from .pane import Pane, pane_of
from .records import ITEM, PASS, items_of, join, levels_of
from .row import Clock, Row
from .tree import Timeline
from .view import View

TICKS = 4
SHOWN_EVENTS = 6
SHOWN_ASKS = 20


@dataclass(frozen=True)
class RunPage:
    """`asks` are the writes cut in half, `gates` the items, that wait for a person's answer;
    `budgets` those that are spent, of a run that waits for money."""

    run: Run
    rows: list[Row]
    ticks: list[tuple[float, str]]
    span: timedelta
    pane: Pane | None
    events: list[RunEvent]
    asks: list[RunNode]
    gates: list[RunNode]
    budgets: list[Cap]
    tokens: int
    error_query: str


def run_page(run: Run, view: View, now: datetime | None = None) -> RunPage:
    """The page for what the view has open."""
    drawing = Drawing.of(run)
    clock = Clock.of(run, now or timezone.now())
    timeline = _timeline(run, view, drawing, clock)
    return RunPage(
        run=run,
        rows=list(timeline.rows()),
        ticks=_ticks(clock),
        span=clock.end - clock.begin,
        pane=pane_of(run, view, drawing),
        events=list(run.events.order_by("-number")[:SHOWN_EVENTS]),
        asks=_waiting(run, NodeStatus.NEEDS_ATTENTION),
        gates=[
            row for row in _waiting(run, NodeStatus.WAITING) if "items" in (row.output_json or {})
        ],
        budgets=[cap for cap in caps_of_run(run) if cap.is_reached]
        if run.waiting_for == "budget"
        else [],
        tokens=run.tokens_input
        + run.tokens_output
        + run.tokens_cache_read
        + run.tokens_cache_write,
        error_query=view.choosing(str((run.error or {}).get("node") or ""), "").query(),
    )


def _timeline(run: Run, view: View, drawing: Drawing, clock: Clock) -> Timeline:
    defaults = [key for key in drawing.graph.scope(None).keys if drawing.kind(key) == "map_over"]
    opened = set(defaults) if view.opened is None else set(view.opened)
    iterations = {"", *(path for path in opened if _ends_in_number(path))}
    many = {path + ITEM for path in {*defaults, *opened} if drawing.is_map(path)}
    for path in iterations:
        many |= {join(path, head) + PASS for head in drawing.scope_at(path).loops}
    return Timeline(
        run,
        view,
        drawing,
        clock,
        levels_of(run, iterations),
        {path: items_of(run, path[:-1], path[-1]) for path in sorted(many)},
        defaults,
    )


def _ends_in_number(path: str) -> bool:
    return path.rpartition(":")[2].isdecimal() or path.rpartition("#")[2].isdecimal()


def _ticks(clock: Clock) -> list[tuple[float, str]]:
    whole = clock.end - clock.begin
    marks = [(number * 100 / TICKS, whole * number / TICKS) for number in range(TICKS)]
    return [(place, tick(at) if number else "0") for number, (place, at) in enumerate(marks)]


def _waiting(run: Run, status: NodeStatus) -> list[RunNode]:
    """Nodes in that state, of a run that is not over."""
    return [] if run.is_finished else list(run.nodes.filter(status=status, call=0)[:SHOWN_ASKS])
