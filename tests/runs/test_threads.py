"""A player's threads: whoever hangs, the others get on."""

import threading
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from runs.actions import cancel_run
from runs.models import Run, RunStatus
from runs.player import threads as room
from runs.player.threads import Threads
from runs.player.window import Window
from scores.document import GraphDocument
from tests.scores.graphs import graph, step

from .clusters import RunningCluster, ended, wait_until
from .worlds import score, start

PATIENCE = 60


def hang(threads: Threads, until: threading.Event) -> "Future[Any]":
    """A job that has begun and ends with the event."""
    began = threading.Event()

    def block() -> str:
        began.set()
        until.wait(PATIENCE)
        return "late"

    job: Future[Any] = threads.submit(block)
    assert began.wait(PATIENCE)
    return job


def test_no_more_work_at_once_than_there_are_threads() -> None:
    threads, go = Threads(size=2), threading.Event()
    two = [hang(threads, go) for _ in range(2)]

    third = threads.submit(lambda: "third")
    assert not third.running() and threads.given_up == 0
    go.set()

    assert [job.result(PATIENCE) for job in (*two, third)] == ["late", "late", "third"]
    threads.shutdown()


def test_a_thread_that_nobody_waits_for_is_replaced_and_goes_when_it_ends() -> None:
    threads, go = Threads(size=2), threading.Event()
    hung = [hang(threads, go) for _ in range(2)]
    waits = threads.submit(lambda: "after")

    for job in hung:
        job.cancel()

    assert waits.result(PATIENCE) == "after"
    assert threads.given_up == 2
    go.set()
    assert [job.result(PATIENCE) for job in hung] == ["late", "late"]
    threads.shutdown()
    for one in threading.enumerate():
        if one.name == "operation":
            one.join(PATIENCE)
    assert threads.given_up == 0
    assert not [one for one in threading.enumerate() if one.name == "operation"]


def test_what_waits_for_a_thread_can_be_cancelled() -> None:
    threads, go = Threads(size=1), threading.Event()
    hang(threads, go)
    waits = threads.submit(lambda: "never")

    assert waits.cancel() and threads.given_up == 0
    go.set()
    threads.shutdown()


def test_an_error_is_the_callers() -> None:
    threads = Threads()
    with pytest.raises(ZeroDivisionError):
        threads.submit(lambda: 1 / 0).result(PATIENCE)
    threads.shutdown()


def test_a_player_with_too_many_hung_threads_leaves(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Settings
) -> None:
    monkeypatch.setattr(room, "GIVEN_UP_MOST", 1)
    settings.DATA_DIR = tmp_path
    threads, go, window = Threads(size=1), threading.Event(), Window()
    job = hang(threads, go)
    assert window.why_leave(hung=threads.is_spent) is None

    job.cancel()

    assert window.why_leave(hung=threads.is_spent) == "hung"
    window.close()
    go.set()
    threads.shutdown()


class TestInACluster:
    @pytest.fixture
    def cluster_environment(self, cluster_environment: dict[str, str]) -> dict[str, str]:
        """One player, so that all hang in the same."""
        return {**cluster_environment, "MAESTRO_WORKERS": "1"}

    def test_eight_hung_operations_are_cancelled_and_hold_nobody_up(
        self, cluster: RunningCluster, tmp_path: Path
    ) -> None:
        log = tmp_path / "log"
        hanging = score(_calling("hang", log=str(log)), slug="hanging")
        runs = [start(hanging) for _ in range(8)]
        wait_until(lambda: log.exists() and len(log.read_text().splitlines()) == 8)

        for run in runs:
            cancel_run(run, by="ines")
        assert {ended(run).status for run in runs} == {RunStatus.CANCELLED}
        others = [start(score(_calling("in_thread"), slug=f"quick-{n}")) for n in range(4)]

        assert {ended(run).status for run in others} == {RunStatus.SUCCEEDED}
        Path(f"{log}.go").touch()
        wait_until(lambda: log.read_text().splitlines().count("late") == 8)
        assert not any(_has_rows(run) for run in runs)


def _calling(operation: str, **params: object) -> GraphDocument:
    return graph(step("call", skill="odd", operation=operation, config={"params": params}))


def _has_rows(run: Run) -> bool:
    run.refresh_from_db()
    return run.status != RunStatus.CANCELLED or run.nodes.exists()
