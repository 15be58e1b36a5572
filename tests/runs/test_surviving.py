"""What a `kill -9` in the middle of a run leaves behind: nothing lost, nothing twice."""

from pathlib import Path

import pytest

from agents.skills.pipeline.models import Activity, Contact
from runs.models import Run, RunNode, RunStatus
from scores.document import GraphDocument, NodeDocument
from tests.scores.graphs import edge, graph, map_over, step

from .clusters import RunningCluster, ended, wait_until
from .worlds import pipeline, score, start

ROWS = 200


def pipeline_step(
    key: str, operation: str, params: dict[str, str] | None = None, **config: object
) -> NodeDocument:
    params = {"pipeline": "outreach", **(params or {})}
    return step(key, skill="pipeline", operation=operation, config={"params": params, **config})


def intake(*behind: NodeDocument | str) -> GraphDocument:
    """Rows -> find, add and log each as a contact: local writes and inside reads; then what stands `behind`."""
    return graph(
        step("rows", config={"params": {"fields": ["rows"]}}),
        map_over("each", "find", "add", "log", items_field="rows", concurrency=5),
        pipeline_step("find", "find_contact"),
        pipeline_step("add", "add_contact", params={"stage": "new"}, join="all"),
        pipeline_step("log", "log_activity", params={"kind": "imported"}),
        "rows -> each",
        "each.item -> find",
        edge("each.item -> add", order=2),
        edge("find.not_found -> add", order=3),
        edge("add -> log", order=4),
        *behind,
    )


def rows(count: int = ROWS) -> dict[str, object]:
    return {"rows": [{"email": f"lead{n}@example.com", "name": f"Lead {n}"} for n in range(count)]}


def assert_nothing_lost_and_nothing_twice(run: Run, count: int = ROWS, behind: int = 0) -> None:
    """`behind`: so many nodes follow the intake."""
    assert run.status == RunStatus.SUCCEEDED, run.error
    output = run.nodes.get(node_key="each", iteration="").output_json
    assert output is not None and len(output["results"]) == count
    assert Contact.objects.count() == count
    assert Activity.objects.count() == count
    assert RunNode.objects.filter(run=run).count() == 2 + 3 * count + behind
    numbers = list(run.events.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, run.last_event + 1))
    settled = [e for e in run.events.all() if e.kind.startswith("node.")]
    assert len({(e.node_key, e.iteration) for e in settled}) == len(settled)


@pytest.mark.parametrize("kill", ["players", "all"])
def test_a_killed_run_ends_by_itself_with_each_contact_once(
    cluster: RunningCluster, kill: str, tmp_path: Path
) -> None:
    pipeline()
    log = tmp_path / "log"
    last = step("last", skill="odd", operation="insist", config={"params": {"log": str(log)}})
    run = start(score(intake(last, "each -> last")), rows())  # it cannot end before the kill
    wait_until(lambda: RunNode.objects.filter(run=run).count() > 50)

    cluster.kill_players() if kill == "players" else cluster.kill_all()

    Path(f"{log}.go").touch()
    assert_nothing_lost_and_nothing_twice(ended(run), behind=1)
    assert run.fence > 1
