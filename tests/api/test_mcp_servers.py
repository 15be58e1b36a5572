"""MCP servers over REST."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from maestro.workspaces.models import Workspace
from maestro.workspaces.vault import set_secret
from tests.far_ends.mcp import McpEnd
from tests.far_ends.server import serving

from .callers import JSON, Caller, read, refused


@pytest.fixture
def far_end(settings: Settings) -> Iterator[McpEnd]:
    settings.MAESTRO_EGRESS_ALLOW = ["127.0.0.1"]
    with serving(McpEnd()) as server:
        yield server


@pytest.fixture
def body(workspace: Workspace, far_end: McpEnd) -> JSON:
    secret = set_secret(workspace, "weather_key", "canary-mcp", by="ada")
    return {"name": "weather", "url": f"{far_end.url}/mcp", "secret_id": secret.pk}


@pytest.mark.django_db(transaction=True)
def test_a_server_is_registered_looked_at_and_its_tools_are_operations(
    caller: Caller, stranger: Caller, body: JSON
) -> None:
    made = read(caller.post("/mcp-servers", body), 201)
    path = f"/mcp-servers/{made['id']}"
    looked = read(caller.post(f"{path}/look"))

    assert [tool["name"] for tool in looked["tools"]] == ["forecast", "order"]
    judged = caller.post(
        f"{path}/tools/forecast/judge", {"sha256": looked["tools"][0]["sha256"], "reads": True}
    )
    assert read(judged)["tools"][0]["reads"] is True
    skills = {one["name"]: one for one in read(caller.get("/skills"))["items"]}
    assert [o["name"] for o in skills["mcp_read"]["operations"]] == ["weather.forecast"]
    assert skills["mcp"]["operations"][1]["input_schema"]["required"] == ["city"]
    detail = read(caller.get("/operations/mcp.weather.order"))
    assert detail["guarantee"] == "at_most_once"
    tried = read(
        caller.post("/operations/mcp_read.weather.forecast/try", {"input": {"city": "Utrecht"}})
    )
    assert tried["output"] == {"text": "Sunny"}
    refused(stranger.get(path), 404, "not_found")
    refused(stranger.get("/operations/mcp.weather.order"), 404, "not_found")
    refused(stranger.post("/mcp-servers", {**body, "name": "mine"}), 404, "not_found")


def test_a_server_is_changed_and_deleted_as_it_was_read(caller: Caller, body: JSON) -> None:
    made = caller.post("/mcp-servers", body)
    path = f"/mcp-servers/{read(made, 201)['id']}"

    refused(caller.delete(path), 428, "precondition_required")
    changed = caller.put(path, {**body, "header": "X-Key"}, if_match=made["ETag"])
    assert read(changed)["header"] == "X-Key"
    assert caller.delete(path, if_match=changed["ETag"]).status_code == 204


def test_what_cannot_be_is_refused_with_the_place(
    caller: Caller, body: JSON, settings: Settings
) -> None:
    refused(caller.post("/mcp-servers", {**body, "name": "Big Name"}), 422, "invalid_input")
    refused(
        caller.post("/mcp-servers", {**body, "url": "file:///etc/passwd"}), 422, "invalid_input"
    )
    made = read(caller.post("/mcp-servers", body), 201)
    refused(caller.post("/mcp-servers", body), 422, "invalid_input")
    settings.MAESTRO_EGRESS_ALLOW = []
    told = refused(caller.post(f"/mcp-servers/{made['id']}/look"), 409, "mcp_server_refused")
    assert "private network" in told["message"]
    judgement = {"sha256": "0" * 64}
    refused(caller.post(f"/mcp-servers/{made['id']}/tools/none/judge", judgement), 404, "not_found")
