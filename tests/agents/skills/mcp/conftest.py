"""A registered server on loopback that has been looked at."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from agents.skills.mcp.actions import look_again, save_server
from agents.skills.mcp.models import McpServer
from maestro.workspaces.models import Workspace
from maestro.workspaces.vault import set_secret
from tests.factories import make_workspace
from tests.far_ends.mcp import McpEnd
from tests.far_ends.server import serving

KEY = "canary-mcp-4711"


@pytest.fixture
def far_end(settings: Settings) -> Iterator[McpEnd]:
    settings.MAESTRO_EGRESS_ALLOW = ["127.0.0.1"]
    with serving(McpEnd()) as server:
        yield server


@pytest.fixture
def workspace(db: None) -> Workspace:
    return make_workspace()


def register(workspace: Workspace, url: str, name: str = "weather", **fields: str) -> McpServer:
    return save_server(McpServer(workspace=workspace, name=name, url=url, **fields), by="ada")


@pytest.fixture
def server(workspace: Workspace, far_end: McpEnd) -> McpServer:
    made = register(workspace, f"{far_end.url}/mcp")
    made.secret = set_secret(workspace, "weather_key", KEY, by="ada")
    return look_again(save_server(made, by="ada"), by="ada")
