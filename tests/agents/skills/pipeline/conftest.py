import pytest

from agents.skills.context import Context
from agents.skills.pipeline.actions import create_pipeline
from agents.skills.pipeline.models import Kind, Pipeline
from maestro.workspaces.models import Workspace
from tests.agents.skills.conftest import MakeContext


@pytest.fixture
def workspace(db: None) -> Workspace:
    return Workspace.objects.create(name="Ours", slug="ours")


@pytest.fixture
def pipeline(workspace: Workspace) -> Pipeline:
    return create_pipeline(workspace, name="Outreach", slug="outreach", kind=Kind.OUTREACH)


@pytest.fixture
def here(pipeline: Pipeline, make_context: MakeContext) -> Context:
    """A context in the workspace of `pipeline`."""
    return make_context(workspace_id=pipeline.workspace_id)
