"""Deaths that leave django-q2 looking alive: seen by what no longer happens, and mended."""

import os
import signal

import psutil

from runs.models import Cluster, Player, RunStatus
from tests.scores.graphs import graph, step

from .clusters import RunningCluster, ended, wait_until
from .worlds import score, start


def sentinel(cluster: RunningCluster) -> psutil.Process:
    return psutil.Process(cluster.member()).children()[0]


def parts(cluster: RunningCluster) -> tuple[list[int], int, int]:
    """The pids of the idle workers, the monitor and the pusher, which are started in this order."""
    below = sorted(child.pid for child in sentinel(cluster).children())
    playing = set(Player.objects.values_list("pid", flat=True))
    return [pid for pid in below[:-2] if pid not in playing], below[-2], below[-1]


def settled(cluster: RunningCluster) -> bool:
    """A beat came through, and both players are there."""
    beaten = Cluster.objects.filter(pid=cluster.watchdog.pid, last_beat__isnull=False)
    return beaten.exists() and cluster.players().count() == 2


def kill_and_see_it_mended(cluster: RunningCluster, pids: list[int]) -> None:
    """Afterwards other processes stand in the place of all, and a run is played."""
    wait_until(lambda: settled(cluster))
    member = cluster.member()
    for pid in pids or [sentinel(cluster).pid]:
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: cluster.member() not in (member, None))
    wait_until(lambda: settled(cluster))
    made = score(graph(step("a", config={"params": {"fields": ["x"]}})), f"score-{member}")
    assert ended(start(made, {"x": 1})).status == RunStatus.SUCCEEDED


def test_a_wedged_queue_is_seen_and_started_again(cluster: RunningCluster) -> None:
    wait_until(lambda: settled(cluster))
    idle, monitor, _ = parts(cluster)
    kill_and_see_it_mended(cluster, idle)  # one of them held the lock of the queue
    idle, monitor, _ = parts(cluster)
    kill_and_see_it_mended(cluster, [monitor])  # what is done is no longer told
    orphans = [*(child.pid for child in sentinel(cluster).children(recursive=True))]
    kill_and_see_it_mended(cluster, [])  # without its sentinel
    assert not any(psutil.pid_exists(pid) for pid in orphans)


def test_a_dead_pusher_is_replaced_without_a_restart(cluster: RunningCluster) -> None:
    wait_until(lambda: settled(cluster))
    member, (_, _, pusher) = cluster.member(), parts(cluster)
    beaten = Cluster.objects.get().last_beat

    os.kill(pusher, signal.SIGKILL)

    wait_until(lambda: Cluster.objects.get().last_beat != beaten)
    assert cluster.member() == member
