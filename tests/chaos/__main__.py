"""`make chaos`: runs die at every place, by lot, and under whole clusters; ends with 1 if any was harmed.

`python -m tests.chaos --minutes 30 --seed 7` names each fault with its case; `--only 'zombie 12'`
plays that one again.
"""

import argparse
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.chaos.cases import Cases

DURABILITIES = ("each", "grouped")
CLUSTER_SHARE = 0.4  # of the time, for whole clusters

Found = tuple[str, list[str]]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=random.randrange(10_000))
    parser.add_argument("--only", default="", help="a case of this seed: its name and number")
    asked = parser.parse_args()
    print(f"seed {asked.seed}, {asked.minutes:g} minutes", flush=True)
    forked = asked.minutes * (1 - CLUSTER_SHARE)
    failed = _forks(asked.seed, asked.only, time.monotonic() + forked * 60)
    if not asked.only:
        failed |= _clusters(asked.seed, asked.minutes - forked)
    return int(failed)


def _forks(seed: int, only: str, deadline: float) -> bool:
    """Players forked one by one, on a database of their own."""
    from bench.installation import installation

    with installation(clusters=0) as here:
        from tests.chaos.cases import Cases
        from tests.chaos.world import world

        folder = Path(here.folder) / "far"
        folder.mkdir()
        with world(folder, dict(os.environ)) as far:
            cases = Cases(far, restart=here.restart_database)
            told = Counter[str]()
            harmed = 0
            for name, found in _all(cases, seed, only, deadline):
                told[name.split(":")[0].split(" ")[0]] += 1
                harmed += bool(found)
                for fault in found:
                    print(f"FAULT seed {seed}, {name}: {fault}", flush=True)
            print(f"{cases.kills} kills in {told.total()} cases, {harmed} harmed; seed {seed}")
            print(", ".join(f"{name} {times}" for name, times in told.items()), flush=True)
    return harmed > 0


def _all(cases: "Cases", seed: int, only: str, deadline: float) -> Iterator[Found]:
    from tests.chaos.cases import drawn, matrix

    if only:
        drawn_name, its_number = only.split()
        yield only, drawn(cases)[drawn_name](_dice(seed, drawn_name, int(its_number)))
        return
    for durability in DURABILITIES:
        for found in matrix(cases, durability):
            yield found
            if time.monotonic() > deadline:
                print("the time was too short for each place at each boundary", flush=True)
                return
    for number in count():
        for name, case in drawn(cases).items():
            if time.monotonic() > deadline:
                return
            yield f"{name} {number}", case(_dice(seed, name, number))


def _dice(seed: int, name: str, number: int) -> random.Random:
    return random.Random(f"{seed} {name} {number}")


def _clusters(seed: int, minutes: float) -> bool:
    """Two whole clusters on one database, killed in every way; an installation of its own."""
    options = f"--minutes {minutes} --seed {seed} --clusters 2".split()
    return subprocess.run([sys.executable, "-m", "bench.chaos", *options]).returncode != 0


if __name__ == "__main__":
    sys.exit(main())
