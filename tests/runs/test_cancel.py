"""Cancelling a run, wherever it stands."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from pytest_django import Settings

from agents.skills import stepping
from agents.skills.pipeline.models import Contact
from maestro.errors import Conflict
from runs.actions import cancel_run
from runs.models import NodeStatus, Run, RunStatus
from runs.player import cutting
from runs.player import player as player_module
from runs.player.claiming import Claims, Taken
from runs.player.lease import Exit
from runs.player.player import Player
from scores.document import NodeDocument
from tests.scores.graphs import graph, step

from .clusters import RunningCluster, ended, wait_until
from .stage import play_here, play_meanwhile, until
from .worlds import pipeline, score, start

FIRST = step("first", config={"params": {"fields": []}})


def odd(key: str, operation: str = "wait", **params: object) -> NodeDocument:
    return step(key, skill="odd", operation=operation, config={"params": params})


def test_a_running_run_is_cut_off_and_starts_no_further_node(
    cluster: RunningCluster, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    made = score(graph(odd("long", seconds=50, log=str(log)), odd("after"), "long -> after"))
    run = start(made)
    wait_until(log.exists)

    cancel_run(run, by="ines")

    assert ended(run).status == RunStatus.CANCELLED
    assert not run.nodes.exists()


@pytest.mark.django_db
def test_a_queued_run_is_cancelled_at_once_and_only_once() -> None:
    run = start(score(graph(step("a"))))

    assert cancel_run(run, by="ines").status == RunStatus.CANCELLED
    with pytest.raises(Conflict, match="already ended"):
        cancel_run(run, by="ines")
    assert [e.kind for e in run.events.all()] == [
        "run.queued",
        "run.cancel_requested",
        "run.cancelled",
    ]


@pytest.mark.django_db(transaction=True)
def test_no_write_begins_after_its_run_was_cancelled(
    packages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the player has not heard of it: it sees it when the intent becomes durable."""
    log = tmp_path / "log"
    run = start(score(graph(FIRST, odd("write", "post", log=str(log)), "first -> write")))

    run = play_deaf_and_cancelled(run, monkeypatch)

    assert run.status == RunStatus.CANCELLED
    assert not log.exists()
    row = run.nodes.get(node_key="write")
    assert (row.status, (row.error or {})["code"]) == (NodeStatus.CANCELLED, "not_begun")


@pytest.mark.django_db(transaction=True)
def test_what_a_node_before_it_made_durable_tells_a_read_that_its_run_was_cancelled(
    packages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.MAESTRO_DURABILITY = "each"
    log = tmp_path / "log"
    run = start(score(graph(FIRST, odd("read", log=str(log)), "first -> read")))

    run = play_deaf_and_cancelled(run, monkeypatch)

    assert run.status == RunStatus.CANCELLED
    assert [node.node_key for node in run.nodes.all()] == ["first"]
    assert not log.exists()


@pytest.mark.django_db(transaction=True)
def test_nothing_is_written_to_our_own_tables_after_the_run_was_cancelled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pipeline()
    params = {"pipeline": "outreach", "email": "ada@example.com"}
    add = step("add", skill="pipeline", operation="add_contact", config={"params": params})

    run = play_deaf_and_cancelled(start(score(graph(add))), monkeypatch)

    assert run.status == RunStatus.CANCELLED
    assert not run.nodes.exists() and not Contact.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_node_that_swallows_being_cut_off_holds_neither_its_run_nor_its_player(
    packages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cutting, "CUT_OFF_SECONDS", 0)
    log = tmp_path / "log"
    insists, after = odd("insist", "insist", log=str(log)), odd("after", log=str(log))
    run = start(score(graph(insists, after, "insist -> after")))

    async def meanwhile(player: Player) -> None:
        await until(log.exists)
        await asyncio.to_thread(_cancel, run)
        await until(lambda: has_status(run, RunStatus.CANCELLED))
        await until(lambda: not player.runs)
        assert [claim for claim, _ in player.cutting.stuck] == [run.id]
        Path(f"{log}.go").touch()
        await until(lambda: not player.cutting.stuck)

    play_meanwhile(tmp_path, meanwhile)

    assert has_status(run, RunStatus.CANCELLED) and not run.nodes.exists()
    assert len(log.read_text().splitlines()) == 1
    assert [event.kind for event in run.events.all()][-1] == "run.cancelled"


@pytest.mark.django_db(transaction=True)
def test_a_player_with_a_node_that_never_ends_leaves_without_it(
    packages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cutting, "CUT_OFF_SECONDS", 0)
    log = tmp_path / "log"
    ended: list[Exit] = []

    def end(reason: Exit) -> None:
        ended.append(reason)
        Path(f"{log}.go").touch()  # this process goes on

    monkeypatch.setattr(player_module, "end_process", end)
    run = start(score(graph(odd("insist", "insist", log=str(log)))))

    async def meanwhile(player: Player) -> None:
        await until(log.exists)
        await asyncio.to_thread(_cancel, run)
        await until(lambda: has_status(run, RunStatus.CANCELLED))

    play_meanwhile(tmp_path, meanwhile)

    assert ended == [Exit.NODE_STUCK]


@pytest.mark.django_db(transaction=True)
def test_a_node_that_swallows_its_timeout_fails_and_the_run_goes_on_without_it(
    packages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stepping, "GRACE_SECONDS", 0)
    monkeypatch.setattr(cutting, "STUCK_MOST", 2)
    log = tmp_path / "log"
    reads, writes = (
        odd(operation, operation, log=str(log)).model_copy(update={"timeout_seconds": 1})
        for operation in ("insist", "insist_on_writing")
    )
    run = start(score(graph(reads, writes, odd("after"), "insist.on_error -> after")))

    async def meanwhile(player: Player) -> None:
        await until(lambda: has_status(run, RunStatus.NEEDS_ATTENTION))
        assert player.cutting.is_spent
        Path(f"{log}.go").touch()
        await until(lambda: not player.cutting.left_behind)

    play_meanwhile(tmp_path, meanwhile)

    ends = {row.node_key: (row.error or {}).get("code") for row in run.nodes.all()}
    assert ends == {"insist": "timeout", "insist_on_writing": "cut_in_half", "after": None}


@pytest.mark.django_db(transaction=True)
def test_a_node_that_ends_as_cancelled_is_not_taken_for_its_run(
    packages: Path, tmp_path: Path
) -> None:
    fails = start(score(graph(odd("a", "wait_for_nothing"), FIRST, "a.on_error -> first"), "one"))
    broken = start(score(graph(odd("a", "cut_the_walk"), odd("after"), "a -> after"), "two"))

    async def meanwhile(player: Player) -> None:
        await until(lambda: all(_is_over(run) for run in (fails, broken)))

    play_meanwhile(tmp_path, meanwhile)

    assert has_status(fails, RunStatus.SUCCEEDED)
    assert (fails.nodes.get(node_key="a").error or {})["code"] == "timeout"
    assert has_status(broken, RunStatus.FAILED)
    assert (broken.error or {})["code"] == "internal_error"


def _is_over(run: Run) -> bool:
    run.refresh_from_db()
    return run.is_finished


def has_status(run: Run, status: RunStatus) -> bool:
    run.refresh_from_db()
    return run.status == status


def play_deaf_and_cancelled(run: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Cancel it once it is claimed; the player hears no notice."""
    take = Claims.take

    async def take_and_cancel(*args: Any, **kwargs: Any) -> list[Taken]:
        taken = await take(*args, **kwargs)
        await asyncio.to_thread(_cancel, run)
        return taken

    monkeypatch.setattr(Claims, "take", take_and_cancel)
    return play_here(run)


def _cancel(run: Run) -> None:
    cancel_run(run, by="ines")
    connections.close_all()
