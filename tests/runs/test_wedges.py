"""Deaths that leave django-q2 looking alive: seen by what no longer happens, and mended."""

import os
import signal
from collections.abc import Iterator
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


def parts(cluster: RunningCluster) -> tuple[list[int], int, int]:
    """The pids of the idle workers, the monitor and the pusher, which are started in this order."""
    below = sorted(child.pid for child in sentinel(cluster).children())
    playing = set(Player.objects.values_list("pid", flat=True))
    return [pid for pid in below[:-2] if pid not in playing], below[-2], below[-1]


def settle(cluster: RunningCluster) -> None:
    """Until a beat came through, and both players are there."""
    beaten = Cluster.objects.filter(pid=cluster.watchdog.pid, last_beat__isnull=False)
    wait_until(lambda: beaten.exists() and cluster.players().count() == 2)


def kill_and_see_it_mended(cluster: RunningCluster, pids: list[int], mark: Path) -> None:
    """Afterwards another queue stands in the place of this one, and does what this one had taken."""
    member, players = cluster.member(), set(cluster.players().values_list("pid", flat=True))
    assert member
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    ring("tests.runs.odd_skill.mark", None, str(mark))
    wait_until(lambda: cluster.member() not in (member, None))
    wait_until(mark.exists)
    settle(cluster)
    assert set(session(member)) <= players


def test_a_wedged_queue_is_started_again_beside_the_nodes_in_flight(
    cluster: RunningCluster, tmp_path: Path
) -> None:
    log, params = tmp_path / "log", {"params": {"log": str(tmp_path / "log")}}
    node = step("long", skill="odd", operation="insist", config=params)
    run = start(score(graph(node)))
    wait_until(log.exists)
    settle(cluster)

    idle, _, _ = parts(cluster)
    kill_and_see_it_mended(cluster, idle, tmp_path / "1")  # one of them held the lock of the queue
    _, monitor, _ = parts(cluster)
    kill_and_see_it_mended(cluster, [monitor], tmp_path / "2")  # what is done is no longer told
    kill_and_see_it_mended(cluster, [sentinel(cluster).pid], tmp_path / "3")

    Path(f"{log}.go").touch()
    run = ended(run)
    assert (run.status, run.fence) == (RunStatus.SUCCEEDED, 1)
    assert len(log.read_text().splitlines()) == 1
    member, (_, _, pusher) = cluster.member(), parts(cluster)
    os.kill(pusher, signal.SIGKILL)  # this one is replaced without a new queue
    ring("tests.runs.odd_skill.mark", None, str(tmp_path / "4"))
    wait_until((tmp_path / "4").exists)
    assert cluster.member() == member
