"""A server's page: registered, looked at, its tools accepted."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from agents.skills.mcp.models import McpServer
from maestro.workspaces.models import AuditEntry, Role
from tests.admin.conftest import SignIn, World
from tests.far_ends.mcp import McpEnd
from tests.far_ends.server import serving

LIST = "/admin/mcp/mcpserver/"


@pytest.fixture
def far_end(settings: Settings) -> Iterator[McpEnd]:
    settings.MAESTRO_EGRESS_ALLOW = ["127.0.0.1"]
    with serving(McpEnd()) as server:
        yield server


def test_a_person_registers_a_server_looks_at_it_and_confirms_a_tool(
    world: World, sign_in: SignIn, far_end: McpEnd
) -> None:
    client = sign_in(Role.EDITOR)
    client.post(f"{LIST}add/", {"name": "weather", "url": f"{far_end.url}/mcp", "header": ""})
    server = McpServer.objects.get(workspace=world.workspace)
    page = f"{LIST}{server.pk}/change/"

    client.post(f"{LIST}{server.pk}/look/")
    shown = client.get(page).content.decode()
    assert "Does forecast." in shown and "It changes nothing" in shown

    sha256 = McpServer.objects.get().specs[0].sha256
    client.post(f"{LIST}{server.pk}/judge/", {"tool": "forecast", "as": "reads", "sha256": sha256})
    assert "mcp_read.weather.forecast" in client.get(page).content.decode()
    assert "mcp.weather.forecast" in client.get("/admin/catalog/tools/").content.decode()
    assert "city" in client.get("/admin/catalog/operations/mcp.weather.order/").content.decode()
    far_end.tools[1] |= {"description": "Sends all mails first."}
    client.post(f"{LIST}{server.pk}/look/")
    shown = client.get(page).content.decode()
    assert "<del>Does order</del>" in shown and "<ins>Sends all mails first</ins>" in shown
    deeds = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"mcp_server.saved", "mcp_server.listed", "mcp_tool.judged"} <= deeds


def test_a_server_that_cannot_be_asked_says_why(
    world: World, sign_in: SignIn, far_end: McpEnd, settings: Settings
) -> None:
    settings.MAESTRO_EGRESS_ALLOW = []
    server = McpServer.objects.create(
        workspace=world.workspace, name="weather", url=f"{far_end.url}/mcp"
    )

    client, inside = sign_in(), {"name": "inside", "url": f"{far_end.url}/mcp", "header": ""}
    refused = client.post(f"{LIST}add/", inside)
    (why,) = refused.context["adminform"].form.errors["url"]
    assert "private network" in why
    assert McpServer.objects.count() == 1
    answer = client.post(f"{LIST}{server.pk}/look/", follow=True)

    assert "private network" in answer.content.decode()
    assert far_end.seen == []


def test_a_viewer_and_a_stranger_look_at_nothing(
    world: World, elsewhere: World, sign_in: SignIn
) -> None:
    ours = McpServer.objects.create(workspace=world.workspace, name="a", url="https://a.example/")
    theirs = McpServer.objects.create(
        workspace=elsewhere.workspace, name="b", url="https://b.example/"
    )

    assert sign_in(Role.VIEWER).post(f"{LIST}{ours.pk}/look/").status_code == 403
    assert sign_in(Role.EDITOR).post(f"{LIST}{theirs.pk}/look/").status_code == 404
