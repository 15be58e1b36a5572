import pytest

from maestro.workspaces.models import Workspace
from tests.factories import make_workspace

from .callers import Caller


@pytest.fixture
def workspace(db: None) -> Workspace:
    return make_workspace()


@pytest.fixture
def caller(workspace: Workspace) -> Caller:
    """Of `workspace`, with every scope."""
    return Caller.of(workspace)


@pytest.fixture
def stranger(db: None) -> Caller:
    """Of another workspace, with every scope."""
    return Caller.of(make_workspace())
