"""A run that kills its player must not take its neighbours along."""

from runs.models import Run, RunStatus
from scores.document import GraphDocument
from tests.scores.graphs import graph, step

from .clusters import RunningCluster, ended, wait_until
from .worlds import score, start

HEALTHY = 20


def waiting_graph(**params: object) -> GraphDocument:
    return graph(
        step("first", skill="odd", operation="wait", config={"params": params}),
        step("then", skill="odd", operation="wait", config={"params": {"seconds": 0.1}}),
        "first -> then",
    )


def test_a_poison_run_fails_after_three_deaths_and_its_neighbours_finish(
    cluster: RunningCluster,
) -> None:
    healthy = score(waiting_graph(seconds=1), "healthy")
    poison = score(waiting_graph(seconds=0.3, die=True), "poison")

    neighbours = [start(healthy) for _ in range(HEALTHY)]
    culprit = start(poison)

    assert ended(culprit).status == RunStatus.FAILED
    assert (culprit.error or {})["code"] == "poison_run"
    assert culprit.deaths == 3
    ids = [run.id for run in neighbours]
    over = Run.objects.filter(id__in=ids, status=RunStatus.SUCCEEDED)
    wait_until(lambda: over.count() == HEALTHY)
