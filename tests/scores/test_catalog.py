"""Scores as entries of the catalog."""

from typing import Any

import pytest

from maestro.errors import InUse, InvalidInput
from maestro.workspaces.models import Workspace
from orchestras.models import Orchestra
from runs.models import Run, RunStatus, Trigger
from scores.actions import create_score, delete_score, edit_score
from scores.models import Node, Score
from tests.factories import AUTHOR, make_score, make_workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def workspace() -> Workspace:
    return make_workspace()


def used_by(score: Score) -> list[tuple[str, str, list[str]]]:
    with pytest.raises(InUse) as refusal:
        delete_score(score, author=AUTHOR)
    uses: Any = refusal.value.details["used_by"]
    return [(use["type"], use["id"], use["nodes"]) for use in uses]


def test_a_new_score_has_a_slug_and_no_graph(workspace: Workspace) -> None:
    first, second = (
        create_score(workspace, {"name": "Cold leads"}, author=AUTHOR) for _ in range(2)
    )

    assert [first.slug, second.slug] == ["cold-leads", "cold-leads-2"]
    assert (first.version, first.is_template) == (0, False)


def test_an_edit_changes_words_and_no_version(workspace: Workspace) -> None:
    score = make_score(workspace, name="Old")

    edited = edit_score(score, {"name": "New", "description": "why"}, author=AUTHOR)

    assert (edited.name, edited.slug, edited.description, edited.version) == (
        "New",
        "old",
        "why",
        1,
    )


@pytest.mark.parametrize("fields", [{"name": ""}, {"slug": "a b"}, {"slug": "taken"}])
def test_what_cannot_be_used_is_refused(workspace: Workspace, fields: dict[str, str]) -> None:
    make_score(workspace, slug="taken")

    with pytest.raises(InvalidInput):
        edit_score(make_score(workspace), fields, author=AUTHOR)  # type: ignore[arg-type]


def test_a_score_that_an_orchestra_plays_stays(workspace: Workspace) -> None:
    score = make_score(workspace)
    orchestra = Orchestra.objects.create(workspace=workspace, name="Daily", score=score)

    assert used_by(score) == [("orchestra", orchestra.pk, [])]


def test_a_score_that_is_a_node_of_another_stays(workspace: Workspace) -> None:
    score, holder = make_score(workspace), make_score(workspace)
    Node.objects.create(
        workspace=workspace,
        score=holder,
        key="inner",
        kind="control",
        subkind="subscore",
        subscore=score,
    )

    assert used_by(score) == [("score", holder.pk, ["inner"])]


def test_a_score_with_an_unfinished_run_stays(workspace: Workspace) -> None:
    score = make_score(workspace)
    run = Run.objects.create(
        workspace=workspace, score=score, score_version=1, trigger=Trigger.MANUAL
    )

    assert used_by(score) == [("run", run.pk, [])]


def test_an_unused_score_goes_with_its_versions_and_finished_runs(workspace: Workspace) -> None:
    score = make_score(workspace)
    Run.objects.create(
        workspace=workspace,
        score=score,
        score_version=1,
        trigger=Trigger.MANUAL,
        status=RunStatus.SUCCEEDED,
        finished_at=score.created_at,
    )

    delete_score(score, author=AUTHOR)

    assert not Score.objects.exists()
    assert not Run.objects.exists()
