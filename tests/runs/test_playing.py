"""Runs played by a real cluster."""

from runs.models import RunStatus
from tests.scores.graphs import graph, step

from .clusters import RunningCluster, ended
from .worlds import score, start


def test_a_started_run_is_played_to_its_end(cluster: RunningCluster) -> None:
    made = score(
        graph(
            step("a", config={"params": {"fields": ["x"]}}),
            step("b", config={"params": {"fields": ["x"]}}),
            "a -> b",
        )
    )

    run = ended(start(made, {"x": 1}))

    assert (run.status, run.output) == (RunStatus.SUCCEEDED, {"x": 1}), run.error
    assert [e.kind for e in run.events.all()] == [
        "run.queued",
        "run.running",
        "node.succeeded",
        "node.succeeded",
        "run.succeeded",
    ]
    assert [e.number for e in run.events.all()] == [1, 2, 3, 4, 5]
