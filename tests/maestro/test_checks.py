"""What the checks find in stored scores."""

import pytest

from maestro.checks import operations_exist
from maestro.workspaces.models import Workspace
from scores.models import Node, Score


@pytest.fixture
def score(db: None) -> Score:
    workspace = Workspace.objects.create(name="Alder Street", slug="alder-street")
    return Score.objects.create(workspace=workspace, name="Intake", slug="intake")


def add_node(score: Score, key: str, operation: str) -> None:
    Node.objects.create(
        workspace=score.workspace,
        score=score,
        key=key,
        kind="deterministic",
        skill="data",
        operation=operation,
    )


def test_nodes_whose_operation_is_gone_are_named(score: Score) -> None:
    add_node(score, "read", "read_csv")
    add_node(score, "dance", "pirouette")
    (warning,) = operations_exist(databases=["default"])
    assert "Score intake, node dance" in warning.msg and "data.pirouette" in warning.msg


def test_without_a_database_nothing_is_asked() -> None:
    assert operations_exist(databases=None) == []
