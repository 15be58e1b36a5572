"""Cancelling a run, wherever it stands."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from maestro.errors import Conflict
from runs.actions import cancel_run
from runs.models import NodeStatus, Run, RunStatus
from runs.player.claiming import Claims, Taken
from scores.document import NodeDocument
from tests.scores.graphs import graph, step

from .clusters import RunningCluster, ended, wait_until
from .stage import play_here
from .worlds import score, start


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
    run = start(score(graph(step("first"), odd("write", "post", log=str(tmp_path / "log")))))
    take = Claims.take

    async def take_and_cancel(*args: Any, **kwargs: Any) -> list[Taken]:
        taken = await take(*args, **kwargs)
        await asyncio.to_thread(_cancel, run)
        return taken

    monkeypatch.setattr(Claims, "take", take_and_cancel)
    run = play_here(run)

    assert run.status == RunStatus.CANCELLED
    assert not (tmp_path / "log").exists()
    row = run.nodes.get(node_key="write")
    assert (row.status, (row.error or {})["code"]) == (NodeStatus.CANCELLED, "not_begun")


def _cancel(run: Run) -> None:
    cancel_run(run, by="ines")
    connections.close_all()
