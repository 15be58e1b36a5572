"""Kills in the middle of runs that write: does each end by itself, with nothing lost or doubled?

`python -m bench.chaos players group --kills 20 --runs 3 --clusters 2`: so many kills of each kind,
one after the other, each in the middle of its own runs; `--minutes 5` instead goes round all kinds.
Ends with 1 if there was any fault.
"""

import argparse
import itertools
import random
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from django.db import InterfaceError, OperationalError, connection

from bench.installation import Installation, installation
from bench.kills import KILLS

if TYPE_CHECKING:
    from runs.models import Run
    from scores.models import Score

LEADS = 200
PATIENCE_SECONDS = 120


@dataclass(slots=True)
class Tally:
    """What the kills of one kind did. `stood_still`: seconds between two nodes of a run, at most."""

    kills: int = 0
    runs: int = 0
    cut: int = 0
    charged: int = 0
    stood_still: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def line(self, kind: str) -> str:
        took = sorted(self.stood_still) or [0.0]
        late = took[int(len(took) * 0.95)]
        return (
            f"{kind:<9} {self.kills:>5} {self.runs:>5} {self.cut:>5} {self.charged:>7} "
            f"{statistics.median(took):>11.2f} {late:>6.2f} {took[-1]:>6.2f} {len(self.faults):>6}"
        )


def chaos(here: Installation, kinds: list[str], kills: int, runs: int) -> dict[str, Tally]:
    from bench.scores import intake, save

    score = save("intake", intake())
    tallies = {kind: Tally() for kind in kinds}
    for kind, tally in tallies.items():
        for _ in range(kills):
            _round(here, score, kind, tally, runs)
            worst = max(tally.stood_still[-runs:])
            print(f"{kind} {tally.kills}: stood still for {worst:.2f} s", flush=True)
    return tallies


def rounds(here: Installation, kinds: list[str], minutes: float, runs: int) -> dict[str, Tally]:
    """One kill of each kind after the other until the time is over."""
    from bench.scores import intake, save

    score = save("intake", intake())
    tallies = {kind: Tally() for kind in random.sample(kinds, len(kinds))}
    deadline = time.monotonic() + minutes * 60
    for kind, tally in itertools.cycle(tallies.items()):
        if time.monotonic() > deadline:
            break
        _round(here, score, kind, tally, runs)
        print(f"{kind} {tally.kills}: stood still for {max(tally.stood_still):.2f} s", flush=True)
    return tallies


def _end(here: Installation, tallies: dict[str, Tally]) -> bool:
    """End the clusters and tell what was seen; whether there was any fault."""
    from bench.oracle import processes_left

    ended_in = here.end_clusters()
    left = processes_left(here.folder)
    print("\nkind      kills  runs   cut charged stood s p50    p95    max faults")
    for kind, tally in tallies.items():
        print(tally.line(kind))
    print(f"ended within {ended_in:.1f} s of SIGTERM; processes left: {left or 'none'}")
    faults = [fault for tally in tallies.values() for fault in tally.faults]
    print("\n".join(faults))
    return bool(faults or left)


def _start(score: "Score", pipeline: str) -> "Run":
    from agents.skills.pipeline.actions import create_pipeline
    from agents.skills.pipeline.models import Kind
    from bench.scores import start

    create_pipeline(score.workspace, name=pipeline, slug=pipeline, kind=Kind.OUTREACH)
    rows = [{"pipeline": pipeline, "email": f"lead{n}@example.com"} for n in range(LEADS)]
    return start(score, {"rows": rows})


def _round(here: Installation, score: "Score", kind: str, tally: Tally, count: int) -> None:
    """Kill once while the runs are in flight; judge them when all have ended."""
    from bench.oracle import faults, standstill

    here.wait_for_players()
    runs = [_start(score, f"{kind}-{tally.kills}-{number}") for number in range(count)]
    _wait(lambda: runs[0].nodes.count() > random.randrange(20, 500))
    KILLS[kind](here)
    tally.kills += 1
    for run in runs:
        over = _wait(partial(_is_over, run))
        tally.faults += faults(run, LEADS) if over else [f"{run.id} stands still: {run.status}"]
        tally.runs += 1
        tally.cut += run.fence > 1
        tally.charged += run.deaths > 0
        tally.stood_still.append(standstill(run))


def _is_over(run: "Run") -> bool:
    run.refresh_from_db()
    return run.is_finished


def _wait(question: Callable[[], bool]) -> bool:
    """Whether it came true in time; a database that is away answers later."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            if question():
                return True
        except (OperationalError, InterfaceError):
            connection.close()
        time.sleep(0.02)
    return False


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinds", nargs="*", help=f"of {', '.join(KILLS)}; none: all")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--clusters", type=int, default=1)
    parser.add_argument("--minutes", type=float, help="instead of so many kills of each kind")
    parser.add_argument("--seed", type=int, default=random.randrange(10_000))
    asked = parser.parse_args()
    random.seed(asked.seed)
    kinds = asked.kinds or list(KILLS)
    print(f"seed {asked.seed}", flush=True)
    with installation(asked.clusters) as here:
        if asked.minutes:
            tallies = rounds(here, kinds, asked.minutes, asked.runs)
        else:
            tallies = chaos(here, kinds, asked.kills, asked.runs)
        return int(_end(here, tallies))


if __name__ == "__main__":
    sys.exit(main())
