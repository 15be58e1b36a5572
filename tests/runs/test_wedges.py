"""Deaths that leave django-q2 looking alive: seen by what no longer happens, and mended."""

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from runs.models import Cluster, Player, RunStatus
from runs.queue import ring
from tests.scores.graphs import graph, step

from .clusters import HASTY, RunningCluster, ended, session, wait_until
from .worlds import score, start


@pytest.fixture
def cluster(cluster_environment: dict[str, str]) -> Iterator[RunningCluster]:
    with RunningCluster(cluster_environment, HASTY) as running:
        yield running


def sentinel(cluster: RunningCluster) -> psutil.Process:
    return psutil.Process(cluster.member()).children()[0]


def parts(cluster: RunningCluster) -> list[int]:
    """Pids of the workers, of the monitor and of the pusher, which are started in this order."""
    children = sentinel(cluster).children()
    return [one.pid for one in sorted(children, key=lambda one: (one.create_time(), one.pid))]


def idle_workers(cluster: RunningCluster) -> list[int]:
    """One of them holds the lock of the queue."""
    playing = set(Player.objects.values_list("pid", flat=True))
    return [pid for pid in parts(cluster)[:-2] if pid not in playing]


def monitor(cluster: RunningCluster) -> list[int]:
    """It tells what is done."""
    return [parts(cluster)[-2]]


def pusher(cluster: RunningCluster) -> list[int]:
    return [parts(cluster)[-1]]


def the_sentinel(cluster: RunningCluster) -> list[int]:
    """The others are orphans without it."""
    return [sentinel(cluster).pid]


def is_zombie(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return bool(process.status() == psutil.STATUS_ZOMBIE)
    return False


def kill(pids: list[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def settle(cluster: RunningCluster) -> None:
    """Until a beat came through, and both players are there."""
    beaten = Cluster.objects.filter(pid=cluster.watchdog.pid, last_beat__isnull=False)
    wait_until(lambda: beaten.exists() and cluster.players().count() == 2)


def kill_and_see_it_mended(
    cluster: RunningCluster, victims: Callable[[RunningCluster], list[int]], mark: Path
) -> None:
    """Afterwards another queue stands in the place of this one, and does what this one had taken."""
    settle(cluster)
    member, players = cluster.member(), set(cluster.players().values_list("pid", flat=True))
    assert member
    kill(victims(cluster))
    ring("tests.runs.odd_skill.mark", None, str(mark))
    wait_until(lambda: cluster.member() not in (member, None))
    wait_until(mark.exists)
    assert set(session(member)) <= players


def test_a_wedged_queue_is_started_again_beside_the_nodes_in_flight(
    cluster: RunningCluster, tmp_path: Path
) -> None:
    log, params = tmp_path / "log", {"params": {"log": str(tmp_path / "log")}}
    node = step("long", skill="odd", operation="insist", config=params)
    run = start(score(graph(node)))
    wait_until(log.exists)

    for victims in (idle_workers, monitor, the_sentinel):
        kill_and_see_it_mended(cluster, victims, tmp_path / victims.__name__)

    Path(f"{log}.go").touch()
    run = ended(run)
    assert (run.status, run.fence) == (RunStatus.SUCCEEDED, 1)
    assert len(log.read_text().splitlines()) == 1
    settle(cluster)
    kill(pusher(cluster))  # the queue mends this one by itself
    ring("tests.runs.odd_skill.mark", None, str(tmp_path / "taken"))
    wait_until((tmp_path / "taken").exists)
    wait_until(lambda: not any(map(is_zombie, cluster.children())))
