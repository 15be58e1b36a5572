"""Runs whose skills are limited, as they are played."""

from itertools import accumulate
from pathlib import Path

import pytest

from agents.limits import save_limit
from agents.models import SkillLimit
from maestro.workspaces.models import Workspace
from runs.models import NodeStatus, Run, RunStatus, SkillPlaces
from tests.far_ends.messages_api import calls, text
from tests.runs.agents import agent_score, play_with, rows_of
from tests.runs.books_skill import LEDGER
from tests.runs.clusters import RunningCluster, ended
from tests.runs.stage import play_here
from tests.runs.worlds import score, start, workspace
from tests.scores.graphs import graph, map_over, step

pytestmark = pytest.mark.django_db(transaction=True)


def limit(name: str, home: Workspace | None = None, **numbers: int) -> SkillLimit:
    made = SkillLimit(workspace=home or workspace(), name=name, **numbers)
    return save_limit(made, author="ada")


def mapped(*items: str) -> Run:
    """Each item's title is looked up."""
    document = graph(
        map_over("each", "ask", items_field="titles", item_field="title"),
        step("ask", skill="books", operation="look_up"),
        "each.item -> ask",
    )
    return start(score(document), {"titles": list(items)})


def test_a_run_that_has_to_wait_long_for_its_turn_is_parked_until_then(packages: Path) -> None:
    limit("books.look_up", per_minute=1)

    run = play_here(mapped("Emma", "Ulysses"))

    assert (run.status, run.waiting_for) == (RunStatus.WAITING, "limit")
    assert run.resume_at is not None
    assert [row.status for row in run.nodes.filter(node_key="ask")] == [NodeStatus.SUCCEEDED]


def test_it_goes_on_with_what_is_left_when_its_turn_comes(packages: Path) -> None:
    limit("books.look_up", per_minute=1)
    run = play_here(mapped("Emma", "Ulysses"))

    SkillPlaces.objects.update(free_at=0)
    Run.objects.filter(pk=run.pk).update(status="queued", waiting_for="", resume_at=None)
    run = play_here(run)

    assert run.output == {"results": [{"pages": 4}, {"pages": 7}], "ended": 0, "errors": []}
    assert run.nodes.filter(node_key="ask").count() == 2


def test_a_tool_inside_an_llm_node_is_limited_too(
    packages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(LEDGER, str(tmp_path / "ledger"))
    made = agent_score(allowed_tools=["books"])
    limit("books", made.workspace, concurrency=1, per_minute=1)

    run = play_with([calls(("books__lend", {"title": "Emma"})), text("Lent.")], made)

    assert run.status == RunStatus.SUCCEEDED, run.error
    assert rows_of(run)[1].status == NodeStatus.SUCCEEDED
    row = SkillPlaces.objects.get(scope="books")
    assert row.free_at > 0 and row.holders == {}


class TestInACluster:
    @pytest.fixture
    def cluster_environment(self, cluster_environment: dict[str, str]) -> dict[str, str]:
        """Its first player to hold a place is killed."""
        return {**cluster_environment, "MAESTRO_CRASH": "write.intended"}

    def test_a_limit_holds_across_processes_and_a_killed_holder_frees_its_place(
        self, cluster: RunningCluster, tmp_path: Path
    ) -> None:
        held, log = limit("odd.stay", concurrency=1), tmp_path / "log"
        made = score(
            graph(step("stay", skill="odd", operation="stay", config={"params": _wish(log)}))
        )

        assert ended(start(made)).status == RunStatus.SUCCEEDED
        held.concurrency = 2
        save_limit(held, author="ada")
        runs = [start(made) for _ in range(12)]

        assert {ended(run).status for run in runs} == {RunStatus.SUCCEEDED}
        assert max(_under_way(log)) == 2


def _wish(log: Path) -> dict[str, object]:
    return {"seconds": 0.1, "log": str(log)}


def _under_way(log: Path) -> list[int]:
    steps = [1 if line == "+" else -1 for line in log.read_text().splitlines()]
    return list(accumulate(steps))
