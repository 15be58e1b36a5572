"""Workloads on a real cluster of two workers."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .far_end import model_that_waits
from .floors import Floor, workers
from .inside import BODY, ITEMS, items
from .installation import Installation
from .report import Line, alternate, median, p95
from .scores import asking, chain, mapped, save, start

if TYPE_CHECKING:
    from runs.models import Run

ROUNDS, RUNS, NODES = 15, 200, 10
STARTS = 60
IDLE_SECONDS = 20
ASKING, MODEL_SECONDS = 500, 1.0
WARMING = 50  # so that each worker has loaded what asks a model
MEBIBYTE = 1024  # in the units of /proc


def many_runs(place: Installation) -> Iterator[Line]:
    """200 runs of 10 nodes, started one by one, until the last has ended."""
    score, floor = save("ten", chain(NODES)), Floor(place.conninfo)

    def ours() -> float:
        began = time.perf_counter()
        runs = [start(score) for _ in range(RUNS)]
        until_ended(floor, runs)
        return time.perf_counter() - began

    def least() -> float:
        floor.forget_jobs()
        began = time.perf_counter()
        for _ in range(RUNS):
            floor.submit()
        floor.wait_for(RUNS)
        return time.perf_counter() - began

    with place.cluster(), workers(place.conninfo):
        mine, base = alternate(ours, least, ROUNDS)
    told = "submit, claim + commit per job"
    yield Line(f"{RUNS} runs of {NODES}, 2 workers", mine, 2, base, floor_is=told)


def starts(place: Installation) -> Iterator[Line]:
    """From the call that starts a run to its first node, and what an idle cluster asks."""
    score, floor = save("one", chain(1)), Floor(place.conninfo)
    begun: list[tuple[float, Run]] = []
    floors: list[float] = []
    with place.cluster(), workers(place.conninfo):
        start(score)
        time.sleep(1)
        for _ in range(STARTS):
            moment = time.time()
            job = floor.submit()
            time.sleep(0.1)
            floors.append((floor.claimed_at(job) - moment) * 1000)
            begun.append((time.time(), start(score)))
            time.sleep(0.1)
        firsts = [_first_node(run, moment) for moment, run in begun]
    with place.cluster():
        idle = _statements(place) / IDLE_SECONDS
    told = "notify + claim"
    yield Line("start to first node", median(firsts), 4, median(floors), floor_is=told)
    yield Line("start to first node, p95", p95(firsts), 40)
    yield Line("idle database", idle, 5, unit="statements/s")


def models(place: Installation) -> Iterator[Line]:
    """500 runs that each wait 1 s for a model."""
    score, floor = save("asking", asking()), Floor(place.conninfo)
    with model_that_waits(MODEL_SECONDS) as address, place.cluster(ANTHROPIC_BASE_URL=address):
        until_ended(floor, [start(score) for _ in range(WARMING)])
        began = time.perf_counter()
        until_ended(floor, [start(score) for _ in range(ASKING)])
        took = time.perf_counter() - began
    name = f"{ASKING} runs, each {MODEL_SECONDS:g} s at a model, 2 workers"
    yield Line(name, took, 5, unit="s")


def memory(place: Installation) -> Iterator[Line]:
    """How much more a worker holds at the peak of the map than at rest."""
    from runs.models import Player

    score, floor = save("map", mapped(BODY)), Floor(place.conninfo)
    with place.cluster():
        until_ended(floor, [start(score, items(10)) for _ in range(10)])
        time.sleep(1)
        pids = list(Player.objects.values_list("pid", flat=True))
        rest = {pid: _memory(pid, "VmRSS") for pid in pids}
        for pid in pids:
            Path(f"/proc/{pid}/clear_refs").write_text("5")  # the peak counts from here
        until_ended(floor, [start(score, items(ITEMS))])
        more = max(_memory(pid, "VmHWM") - rest[pid] for pid in pids)
    yield Line("memory at the peak of the map", more, 40, unit="MiB more")


def until_ended(floor: Floor, runs: "list[Run]") -> None:
    left = "select count(*) from score_runs where id = any(%s) and finished_at is null"
    ids = [run.id for run in runs]
    while (floor.connection.execute(left, [ids]).fetchone() or (0,))[0]:
        time.sleep(0.005)


def _first_node(run: "Run", moment: float) -> float:
    started = run.nodes.get().started_at
    return (started.timestamp() - moment) * 1000 if started else float("nan")


def _statements(place: Installation) -> int:
    """How many the server was asked while nothing was to be done, by its own log."""
    time.sleep(3)
    place.log_statements(True)
    time.sleep(1)
    before = _logged(place)
    time.sleep(IDLE_SECONDS)
    asked = _logged(place) - before
    place.log_statements(False)
    return asked


def _logged(place: Installation) -> int:
    text = (place.server.folder / "server.log").read_text(errors="replace")
    return len(re.findall(r"LOG:  (?:statement|execute [^:]*):", text))


def _memory(pid: int, what: str) -> float:
    found: Any = re.search(rf"{what}:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / MEBIBYTE
