"""A player that dies while a plan is applied: each approved effect has happened once, under one key."""

from collections import Counter
from pathlib import Path

import pytest

from runs.actions import EffectChoice
from runs.models import Decision, Mode, RunStatus
from runs.plans.apply import apply_plan
from runs.reuse.plans import planned_effects
from tests.scores.graphs import graph, map_over, step

from .clusters import RunningCluster, ended
from .worlds import score, start


@pytest.fixture
def cluster_environment(cluster_environment: dict[str, str]) -> dict[str, str]:
    """Dies once, with the third write done and its receipt not recorded."""
    return {**cluster_environment, "MAESTRO_CRASH": "write.done:3"}


def test_killed_in_the_middle_of_applying_each_approved_effect_happens_under_one_key(
    cluster: RunningCluster, tmp_path: Path
) -> None:
    log = tmp_path / "posts"
    log.touch()
    post = step("post", skill="odd", operation="post", config={"params": {"log": str(log)}})
    made = score(graph(map_over("each", "post", concurrency=2), post, "each.item -> post"))
    plan = ended(start(made, {"items": [{"n": n} for n in range(6)]}, mode=Mode.PLAN))
    assert (plan.status, log.read_text()) == (RunStatus.SUCCEEDED, "")
    first, *others = planned_effects(plan)

    dropped = [EffectChoice(first.pk, Decision.DROP)]
    run = ended(apply_plan(plan, dropped, started_by="ines"))

    assert (run.status, run.errors) == (RunStatus.SUCCEEDED, 0), run.error
    sent = Counter(log.read_text().splitlines())
    assert set(sent) == {f"{run.pk}/post/each:{number}" for number in range(1, 6)}
    assert sum(sent.values()) in (6, 7), "none died" if len(sent) == sum(sent.values()) else sent
    told = run.nodes.filter(node_key="post", status="succeeded").order_by("source_node_id")
    assert [row.source_node_id for row in told] == [row.pk for row in others]
