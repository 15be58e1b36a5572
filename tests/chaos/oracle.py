"""What must be true of a run that was cut to pieces, judged by what was left outside and by its rows."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from agents.skills.pipeline.models import Company
from runs.machine import is_alive
from runs.models import NodeStatus, Run, RunNode, RunStatus
from tests.chaos.lives import Place, Story
from tests.chaos.thirty import behind, thirty
from tests.chaos.world import Trace, World

BEHIND = behind(thirty())
KEPT = ("keep1", "note")
OF_MODEL = "ask"


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """How a run ends that nobody kills."""

    output: str
    nodes: dict[Place, str]

    @classmethod
    def of(cls, run: Run) -> "Undisturbed":
        assert run.status == RunStatus.SUCCEEDED, (run.status, run.waiting_for, run.error)
        return cls(_bytes(run.output), {_place(row): _said(row) for row in _last_rows(run)})


def faults(world: World, story: Story, expected: Undisturbed) -> Iterator[str]:
    """Each thing lost, doubled, changed or out of order, in words."""
    story.run.refresh_from_db()
    yield from story.faults
    yield from (f"process {pid} is left" for pid in story.pids if is_alive(pid))
    if story.run.status != RunStatus.SUCCEEDED:
        yield f"the run is {story.run.status}: {story.run.error}"
        return
    yield from _outputs(story.run, expected)
    yield from _rows(story.run)
    yield from _events(story.run)
    yield from _effects(story, world.effects(story.run))
    yield from _starts(story, world.starts(story.run))
    yield from _kept(story.run)


def _outputs(run: Run, expected: Undisturbed) -> Iterator[str]:
    if _bytes(run.output) != expected.output:
        yield f"the run gave {run.output}, undisturbed {expected.output}"
    given = {_place(row): _said(row) for row in _last_rows(run)}
    if given != expected.nodes:
        differ = sorted(dict(given.items() ^ expected.nodes.items()))
        errors = [row.error for row in _last_rows(run) if row.error and _place(row) in differ]
        yield f"nodes differ from the undisturbed run's: {differ} {errors}"


def _rows(run: Run) -> Iterator[str]:
    """Only a model call that was cut, and what was not begun, is an attempt of its own."""
    begun = run.nodes.filter(call=0).exclude(status=NodeStatus.CANCELLED)
    attempts = Counter(_place(row) for row in begun)
    for (key, path), count in attempts.items():
        if count > 1 and key != OF_MODEL:
            yield f"{key}[{path}] has {count} attempts"
    if run.nodes.filter(status=NodeStatus.RUNNING).exists():
        yield "an intent was left open"


def _events(run: Run) -> Iterator[str]:
    events = list(run.events.order_by("number"))
    if [event.number for event in events] != list(range(1, run.last_event + 1)):
        yield "the numbers of the events have a gap"
    ended = [e for e in events if e.kind.startswith("node.") and e.kind != "node.running"]
    told = Counter((event.node_key, event.iteration) for event in ended)
    rows = Counter(_place(row) for row in run.nodes.filter(call=0))
    if told != rows:
        yield f"events and rows differ: {sorted((told - rows) + (rows - told))}"
    fences: dict[Place, list[int]] = {}  # of each attempt, which has an event of its own
    for row in run.nodes.filter(call=0).order_by("attempt"):
        fences.setdefault(_place(row), []).append(row.fence)
    order = [fences[_place(event)].pop(0) for event in ended if fences.get(_place(event))]
    if any(later < earlier for earlier, later in pairwise(order)):
        yield "a row was written under a fence that was over"


def _effects(story: Story, effects: list[Trace]) -> Iterator[str]:
    """At most one more for each death, one in each life, and always under the same key."""
    keys: dict[Place, set[str]] = {}
    for effect in effects:
        keys.setdefault(effect.place, set()).add(effect.key)
    for (key, path), used in keys.items():
        if len(used) > 1:
            yield f"{key}[{path}] was sent under {len(used)} keys"
    for place, count in Counter(effect.place for effect in effects).items():
        if count > 1 + story.deaths:
            yield f"{place} was sent {count} times with {story.deaths} deaths"
    by_life = Counter((effect.pid, effect.place) for effect in effects)
    yield from (f"{place} was sent twice in a life" for (_, place), n in by_life.items() if n > 1)
    sending = {row.node_key for row in story.run.nodes.filter(effect="write")}
    expected = {_place(row) for row in story.run.nodes.filter(node_key__in=sending)}
    if set(keys) != expected:
        yield f"effects and rows differ: {sorted(set(keys) ^ expected)}"


def _starts(story: Story, starts: list[Trace]) -> Iterator[str]:
    """Nothing recorded starts again; a barrier's node does not once something behind it began."""
    guarded = set(
        story.run.nodes.exclude(effect__in=("", "none", "read")).values_list("node_key", flat=True)
    ) | {OF_MODEL}
    before: set[Place] = set()
    for pid in story.pids:
        mine = {start.place for start in starts if start.pid == pid}
        for place in sorted(mine & story.recorded[pid]):
            yield f"{place} was recorded and started again"
        for key, path in sorted(mine & before):
            if key in guarded and any(_is_behind((key, path), other) for other in before):
                yield f"{key}[{path}] was not durable before what follows it"
        before |= mine


def _is_behind(place: Place, other: Place) -> bool:
    (key, path), (later, its_path) = place, other
    return later in BEHIND[key] and (path == "" or its_path in ("", path))


def _kept(run: Run) -> Iterator[str]:
    names = Counter(Company.objects.filter(name__startswith=run.id).values_list("name", flat=True))
    rows = run.nodes.filter(node_key__in=KEPT).count()
    if len(names) != rows or any(count > 1 for count in names.values()):
        yield f"{sum(names.values())} rows of our own were kept by {rows} nodes"


def _last_rows(run: Run) -> list[RunNode]:
    rows = run.nodes.filter(call=0).order_by("node_key", "iteration", "-attempt")
    return list(rows.distinct("node_key", "iteration"))


def _place(row: Any) -> Place:  # noqa: ANN401
    return row.node_key, row.iteration


def _said(row: RunNode) -> str:
    return f"{row.status} {row.port} {_bytes(row.output_json)}"


def _bytes(value: object) -> str:
    return json.dumps(value, sort_keys=True)
