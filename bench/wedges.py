"""How long the queue stands still when one of its processes dies in a way that wedges it.

A message is rung after the death; the clock stops when it was carried out and acknowledged. Runs are
in play all the while and must not be cut. `python -m bench.wedges --rounds 5`
"""

import argparse
import contextlib
import os
import random
import signal
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable

import psutil

from bench.installation import Installation, installation
from bench.kills import queues

NODE_SECONDS = 1.0
LONG_ENOUGH = 1000
PARTS = 7  # five workers, the monitor and the pusher
PHASE_SECONDS = 6.0  # deaths come at any moment between two beats


def idle_workers(sentinel: psutil.Process) -> list[int]:
    """One of them holds the lock of the queue."""
    from runs.models import Player

    below = sorted(child.pid for child in sentinel.children())[:-2]
    return [pid for pid in below if pid not in set(Player.objects.values_list("pid", flat=True))]


def monitor(sentinel: psutil.Process) -> list[int]:
    """It acknowledges what was carried out."""
    return [sorted(child.pid for child in sentinel.children())[-2]]


def pusher(sentinel: psutil.Process) -> list[int]:
    """It takes messages; the sentinel makes another."""
    return [sorted(child.pid for child in sentinel.children())[-1]]


def the_sentinel(sentinel: psutil.Process) -> list[int]:
    """All others are its children."""
    return [sentinel.pid]


DEATHS: tuple[Callable[[psutil.Process], list[int]], ...] = (
    idle_workers,
    monitor,
    pusher,
    the_sentinel,
)


def measure(here: Installation, rounds: int) -> bool:
    from bench.scores import save, waits
    from bench.scores import start as start_run

    run = start_run(save("waits", waits(NODE_SECONDS, 1)), {"items": [{}] * LONG_ENOUGH})
    took = defaultdict(list)
    for _ in range(rounds):
        for death in DEATHS:
            _wait(lambda: _beaten(here))
            time.sleep(random.uniform(0, PHASE_SECONDS))
            for pid in death(_sentinel(here)):
                os.kill(pid, signal.SIGKILL)
            took[death.__name__].append(_time_of_a_message())
    run.refresh_from_db()
    for name, seconds in took.items():
        told = f"median {statistics.median(seconds):.1f} s, worst {max(seconds):.1f} s"
        print(f"{name:<14} {told}, n {len(seconds)}")
    print(f"the run in play: {run.status}, {run.nodes.count()} nodes, {run.fence - 1} times cut")
    return run.fence == 1


def _time_of_a_message() -> float:
    from django_q.models import OrmQ

    from runs.queue import ring

    before = set(OrmQ.objects.values_list("id", flat=True))
    ring("beat", None, "nobody's")
    ((key,),) = OrmQ.objects.exclude(id__in=before).filter(key="maestro").values_list("id")
    began = time.monotonic()
    _wait(lambda: not OrmQ.objects.filter(id=key).exists())
    return time.monotonic() - began


def _beaten(here: Installation) -> bool:
    from runs.models import Cluster, Player

    beaten = Cluster.objects.filter(pid=here.clusters[0].pid, last_beat__isnull=False)
    return beaten.exists() and Player.objects.count() == 2


def _sentinel(here: Installation) -> psutil.Process:
    """The one of the queue that is there, or just being started."""
    while True:
        with contextlib.suppress(psutil.NoSuchProcess, IndexError):
            found = psutil.Process(queues(here.clusters[0].pid)[0]).children()[0]
            if len(found.children()) >= PARTS:
                return found
        time.sleep(0.05)


def _wait(question: Callable[[], bool]) -> None:
    while not question():
        time.sleep(0.05)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with installation(clusters=1) as here:
        here.wait_for_players()
        return int(not measure(here, asked.rounds))


if __name__ == "__main__":
    sys.exit(main())
