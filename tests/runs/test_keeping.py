"""Who is judged dead, who is rung for, and what is given back."""

import asyncio
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone
from django_q.models import OrmQ
from pytest_django import Settings

from agents.skills.pipeline.actions import create_pipeline
from agents.skills.pipeline.hooks import save_hook
from agents.skills.pipeline.models import Delivery, Hook, Kind
from maestro.workspaces.vault import set_secret
from runs import claims
from runs.cluster import keep
from runs.cluster.judge import Judge
from runs.cluster.keep import Keep
from runs.connections import connect, connect_async
from runs.machine import machine
from runs.models import Cluster, Player, Run, RunStatus
from runs.player import window
from runs.player.claiming import Claims
from runs.player.slots import Slot, handover_slot
from runs.player.window import Window
from runs.queue import own_list
from tests.factories import AUTHOR, make_workspace
from tests.scores.graphs import graph, step

from .worlds import score, start

DEAD_PID = 2**22 + 1  # above what a kernel hands out


@pytest.fixture(autouse=True)
def data_folder(settings: Settings, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


class Clock:
    """Stands in for `runs.machine.now`."""

    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(keep, "now", clock)
    return clock


def player(lease: str, cluster: str = "cl", pid: int = 1) -> Player:
    """A player whose lease ends at this distance from now."""
    with connect() as connection:
        place = {"me": f"player-{lease}", "cluster": cluster, "host": machine(), "pid": pid}
        connection.execute(claims.ENTER, place)
        until = "update players set lease_until = clock_timestamp() + %s::interval where id = %s"
        connection.execute(until, [lease, place["me"]])
    return Player.objects.get(id=place["me"])


def played_by(one: Player, **columns: Any) -> Run:
    run = start(score(graph(step("a")), slug=f"score-{Run.objects.count()}"))
    Run.objects.filter(pk=run.pk).update(status="running", player=one.id, fence=1, **columns)
    run.refresh_from_db()
    return run


def status(run: Run) -> tuple[str, int]:
    run.refresh_from_db()
    return run.status, run.deaths


@pytest.mark.django_db(transaction=True)
def test_runs_of_a_dead_player_go_back_and_are_charged_unless_they_got_on() -> None:
    dead, living = player("-1 s"), player("90 s")
    stuck, moving, other = played_by(dead), played_by(dead, progress=True), played_by(living)

    Keep("cl").step()

    assert (status(stuck), status(moving)) == ((RunStatus.QUEUED, 1), (RunStatus.QUEUED, 0))
    assert status(other) == (RunStatus.RUNNING, 0)
    assert list(Player.objects.all()) == [living]


@pytest.mark.django_db(transaction=True)
def test_after_an_outage_nobody_is_judged_before_a_lease_is_over(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = played_by(player("-1 s"))
    keeping = Keep("cl")

    class Away:
        def cursor(self) -> None:
            raise OperationalError("the database is away")

    for _ in range(12):
        clock.time += 1
        with monkeypatch.context() as outage, pytest.raises(OperationalError):
            outage.setattr(keep, "connection", Away())
            keeping.step()
    keeping.step()
    assert status(run) == (RunStatus.RUNNING, 0)

    for _ in range(11):
        clock.time += 1
        keeping.step()
    assert status(run) == (RunStatus.QUEUED, 1)


@pytest.mark.django_db(transaction=True)
def test_after_an_outage_a_process_that_is_gone_is_not_waited_for(clock: Clock) -> None:
    keeping = Keep("cl")
    keeping.step()
    clock.time += 60
    gone, silent = player("90 s", pid=DEAD_PID), player("-1 s", pid=os.getpid())
    cut, patient = played_by(gone), played_by(silent)

    Judge("another").finds_it_stuck()
    keeping.step()

    assert status(cut) == (RunStatus.QUEUED, 1)
    assert status(patient) == (RunStatus.RUNNING, 0)


@pytest.mark.django_db(transaction=True)
def test_a_free_slot_is_rung_for_and_a_taken_one_is_not(settings: Settings) -> None:
    settings.MAESTRO_WORKERS = 1
    rung = OrmQ.objects.filter(key=own_list("plain"))
    keeping = Keep("plain")

    keeping.step()
    assert rung.count() == 1

    slot = Slot.take([0])
    assert slot is not None
    keeping.step()
    assert rung.count() == 1

    slot.close()
    keeping.step()
    assert rung.count() == 2


@pytest.mark.django_db(transaction=True)
def test_what_webhooks_were_told_is_forgotten_after_a_month_unless_it_still_waits() -> None:
    workspace, month = make_workspace(), timedelta(days=30, minutes=1)
    pipeline = create_pipeline(workspace, name="Sales", slug="sales", kind=Kind.OUTREACH)
    secret = set_secret(workspace, "moves-key", "canary-signing-key", by=AUTHOR)
    hook = save_hook(
        Hook(workspace=workspace, pipeline=pipeline, url="https://a.example", secret=secret),
        by=AUTHOR,
    )
    now = timezone.now()
    for name, due, tried in (
        ("dl_old", None, now - month),
        ("dl_old_and_waits", now + month, now - month),
        ("dl_young", None, now - month / 2),
    ):
        Delivery.objects.create(
            pk=name, workspace=workspace, hook=hook, body={}, due_at=due, tried_at=tried
        )

    Keep("here").step()

    assert set(Delivery.objects.values_list("pk", flat=True)) == {"dl_old_and_waits", "dl_young"}


@pytest.mark.django_db(transaction=True)
def test_what_a_killed_cluster_left_is_cleared_and_a_living_ones_is_not(data_folder: Path) -> None:
    with connect() as connection:
        for name, pid in (("gone", DEAD_PID), ("here", 1)):
            enter = "insert into clusters (id, host, pid, started) values (%s, %s, %s, now())"
            connection.execute(enter, [name, machine(), pid])
            (data_folder / "clusters" / name).mkdir(parents=True)

    Keep("here").step()

    assert [cluster.id for cluster in Cluster.objects.all()] == ["here"]
    assert [folder.name for folder in (data_folder / "clusters").iterdir()] == ["here"]


@pytest.mark.django_db(transaction=True)
def test_what_was_claimed_without_an_answer_goes_back_to_the_queue() -> None:
    one = player("90 s")
    playing, lost = played_by(one), played_by(one)

    async def give_back() -> None:
        async with await connect_async() as connection:
            await Claims(one.id).give_back(connection, [(playing.id, playing.fence)])

    asyncio.run(give_back())

    assert status(playing) == (RunStatus.RUNNING, 0)
    assert (status(lost), lost.fence) == ((RunStatus.QUEUED, 0), 2)


def test_players_whose_time_is_over_leave_one_after_the_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(window, "WINDOW_SECONDS", 0)
    first, second = Window(), Window()

    assert (first.why_leave(), second.why_leave()) == ("window", None)
    first.close()
    assert second.why_leave() == "window"
    assert Slot.take([handover_slot()]) is None
    second.close()
