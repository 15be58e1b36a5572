"""Cancelling a run, wherever it stands."""

from pathlib import Path

import pytest

from maestro.errors import Conflict
from runs.actions import cancel_run
from runs.models import RunStatus
from scores.document import NodeDocument
from tests.scores.graphs import graph, step

from .clusters import RunningCluster, ended, wait_until
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
