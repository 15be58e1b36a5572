"""Ends of other kinds: told to stop, taken over, a whole cluster gone, the database away."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connections

from runs.models import Cluster, Run, RunNode, RunStatus
from runs.player import player
from runs.player.claiming import Claims, Taken
from runs.player.player import TICK_SECONDS, Player
from scores.document import GraphDocument, NodeDocument
from tests.scores.graphs import graph, step
from tests.sessions import end_other_sessions

from .clusters import HASTY, RunningCluster, ended, wait_until
from .stage import play_here, play_meanwhile, until
from .test_surviving import assert_nothing_lost_and_nothing_twice, intake, rows
from .worlds import pipeline, score, start


def odd(key: str, operation: str, **params: object) -> NodeDocument:
    return step(key, skill="odd", operation=operation, config={"params": params})


def in_flight_then_post(log: Path) -> GraphDocument:
    """The first node ends when the file `<log>.go` is there."""
    return graph(
        odd("long", "insist", log=str(log)),
        odd("post", "post", log=str(log)),
        "long -> post",
    )


def keys(log: Path) -> list[str]:
    """Of the nodes that began, in order."""
    return [line.split("/")[1] for line in log.read_text().splitlines()]


def recorded_more_than(run: Run, count: int) -> Callable[[], bool]:
    return lambda: RunNode.objects.filter(run=run).count() > count


def test_a_cluster_told_to_stop_lets_the_node_in_flight_end_and_hands_the_run_over(
    cluster_environment: dict[str, str], tmp_path: Path
) -> None:
    log = tmp_path / "log"
    with RunningCluster(cluster_environment) as cluster:
        run = start(score(in_flight_then_post(log)))
        wait_until(log.exists)
        cluster.begin_drain()
        wait_until(lambda: any((tmp_path / "data/clusters").glob("*/drain")))
        time.sleep(10 * TICK_SECONDS)  # only the player itself knows that it has noticed
        Path(f"{log}.go").touch()
        cluster.drain()

    run.refresh_from_db()
    assert (run.status, run.deaths, run.player) == (RunStatus.QUEUED, 0, None)
    assert keys(log) == ["long"]
    assert not Cluster.objects.exists()
    assert play_here(run).status == RunStatus.SUCCEEDED
    assert keys(log) == ["long", "post"]


@pytest.mark.django_db(transaction=True)
def test_a_player_whose_run_was_taken_over_meanwhile_writes_and_sends_nothing(
    packages: Path, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    run = start(score(in_flight_then_post(log)))

    def take_over() -> None:
        wait_until(log.exists)
        Run.objects.filter(pk=run.pk).update(fence=2, player="another")
        connections.close_all()
        Path(f"{log}.go").touch()

    with ThreadPoolExecutor(1) as other:
        taking = other.submit(take_over)
        play_here(run)
        taking.result()

    run.refresh_from_db()
    assert (run.status, run.player, run.fence) == (RunStatus.RUNNING, "another", 2)
    assert not run.nodes.exists()
    assert keys(log) == ["long"]


def test_another_cluster_goes_on_with_what_a_killed_one_played_and_clears_up_after_it(
    cluster_environment: dict[str, str], tmp_path: Path
) -> None:
    pipeline()
    with (
        RunningCluster(cluster_environment, HASTY) as cluster,
        RunningCluster(cluster_environment, HASTY) as other,
    ):
        run = start(score(intake()), rows())
        wait_until(recorded_more_than(run, 50))
        victim, survivor = (cluster, other) if cluster.plays(run) else (other, cluster)

        victim.kill_heads()

        assert_nothing_lost_and_nothing_twice(ended(run))
        wait_until(lambda: Cluster.objects.count() == 1)
        left = Cluster.objects.get()
        assert left.pid == survivor.watchdog.pid
        wait_until(lambda: [f.name for f in (tmp_path / "data/clusters").iterdir()] == [left.id])


def test_a_run_goes_on_after_the_database_ended_every_session(cluster: RunningCluster) -> None:
    pipeline()
    run = start(score(intake()), rows())
    for count in (50, 200, 350):
        wait_until(recorded_more_than(run, count))
        end_other_sessions()

    assert_nothing_lost_and_nothing_twice(ended(run))


@pytest.mark.django_db(transaction=True)
def test_what_a_lost_session_claims_late_is_played_though_its_player_lives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(player, "POLL_SECONDS", 0.05)
    monkeypatch.setattr(player, "IDLE_POLL_SECONDS", 3600)
    take = Claims.take
    asked: list[list[Taken]] = []

    async def lost_then_late(*args: Any, **named: Any) -> list[Taken]:
        if not asked:
            asked.append([])
            raise psycopg.OperationalError("the server closed the connection")
        taken = await take(*args, **named)
        if len(asked) == 1:  # what the lost one asked for, after the first look
            asked.append(taken)
            return []
        return taken

    monkeypatch.setattr(Claims, "take", lost_then_late)
    run = start(score(graph(step("a", config={"params": {"fields": []}}))))

    async def meanwhile(player: Player) -> None:
        await until(lambda: Run.objects.filter(pk=run.pk, finished_at__isnull=False).exists())

    play_meanwhile(tmp_path, meanwhile)

    assert [len(taken) for taken in asked] == [0, 1]
    run.refresh_from_db()
    assert (run.status, run.fence) == (RunStatus.SUCCEEDED, 3)
