"""What goes with a deleted score or workspace goes set by set, however long its history is."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from maestro.errors import InUse
from maestro.workspaces.changing import delete_workspace
from maestro.workspaces.models import Workspace
from runs.models import Run, RunEvent, RunNode
from scores.actions import delete_score
from scores.models import Score
from tests.admin.rows import make_audition, make_node, make_run
from tests.factories import AUTHOR, make_agent, make_orchestra, make_score, make_workspace

pytestmark = pytest.mark.django_db


def played(score: Score, times: int) -> list[Run]:
    """Runs of it with nodes and events, each with a run below it of another score."""
    runs = [make_run(score) for _ in range(times)]
    inner = make_score(score.workspace)
    for run in runs:
        below = make_run(inner, parent_run=run, root_run=run, parent_node_key="hold")
        for one in (run, below):
            make_node(one, "a")
    return runs


def test_a_scores_runs_go_with_all_below_them_and_others_stay() -> None:
    workspace = make_workspace()
    score, other = make_score(workspace), make_score(workspace)
    run, stays = played(score, 3)[0], played(other, 1)[0]
    replay = make_run(other, source_run=run)

    delete_score(score, author=AUTHOR)

    replay.refresh_from_db()
    assert replay.source_run is None
    assert set(Run.objects.filter(parent_run=None)) == {stays, replay}
    assert RunNode.objects.count() == 2
    assert RunEvent.objects.count() == 3


def test_a_long_history_takes_as_many_statements_as_a_short_one_and_loads_no_row() -> None:
    workspace = make_workspace()
    counts = []
    for times in (1, 25):
        score = make_score(workspace)
        played(score, times)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            delete_score(score, author=AUTHOR)
        counts.append(len(asked))
        assert not [q for q in asked if q["sql"].startswith("SELECT") and "output_json" in q["sql"]]
    assert counts[0] == counts[1]


def test_a_workspace_goes_with_all_that_is_in_it_once_its_runs_are_over() -> None:
    workspace, other = make_workspace(), make_workspace()
    played(make_score(other), 1)
    score = make_score(workspace)
    played(score, 2)
    make_audition(make_agent(workspace))
    make_orchestra(score)
    waits = make_run(score, "waiting")

    with pytest.raises(InUse) as refused:
        delete_workspace(workspace)
    used_by: Any = refused.value.details["used_by"]
    assert [use["id"] for use in used_by] == [waits.pk]

    Run.objects.filter(pk=waits.pk).delete()
    delete_workspace(workspace)

    assert list(Workspace.objects.all()) == [other]
    assert Run.objects.count() == 2
