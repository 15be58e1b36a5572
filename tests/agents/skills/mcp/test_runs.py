"""Nodes and models call a server's tools."""

import json
from typing import Any

import pytest

from agents.skills.mcp.actions import judge_tool, look_again
from agents.skills.mcp.models import McpServer
from agents.skills.mcp.offered import with_schemas
from agents.skills.mcp.session import MAX_BYTES
from agents.skills.registry import find
from maestro.errors import InvalidScore
from maestro.workspaces.models import Workspace
from runs.actions import start_score
from runs.models import Mode, Run, RunStatus, Trigger
from tests.agents.skills.mcp.conftest import KEY
from tests.factories import make_score, make_workspace
from tests.far_ends.mcp import McpEnd, tool
from tests.far_ends.server import Reply
from tests.runs.stage import play_here
from tests.scores.graphs import graph, step

pytestmark = pytest.mark.django_db(transaction=True)


def play(
    workspace: Workspace, operation: str = "weather.forecast", skill: str = "mcp", **given: Any
) -> Run:
    score = make_score(workspace, graph(step("ask", skill=skill, operation=operation)))
    run = start_score(score, trigger=Trigger.MANUAL, input=given, mode=Mode.LIVE, started_by="ada")
    return play_here(run)


def error_of(run: Run) -> dict[str, Any]:
    assert run.error is not None, run.output
    return dict(run.error)


def test_a_node_calls_a_tool_with_what_it_declares(server: McpServer, far_end: McpEnd) -> None:
    far_end.said = {**far_end.said, "structuredContent": {"sun": 8}}

    run = play(server.workspace, city="Utrecht", days=2, lead="Ada")

    assert run.output == {"text": "Sunny", "structured": {"sun": 8}}
    assert far_end.calls == [{"name": "forecast", "arguments": {"city": "Utrecht", "days": 2}}]
    row = run.nodes.get()
    assert (row.operation, row.effect) == ("mcp.weather.forecast", "write")


def test_an_input_that_the_tool_does_not_take_names_its_places(
    server: McpServer, far_end: McpEnd
) -> None:
    run = play(server.workspace, days=0)

    assert error_of(run)["code"] == "invalid_node_input"
    assert {f["place"] for f in error_of(run)["details"]["fields"]} == {"", "days"}
    assert far_end.calls == []


def test_a_secret_that_the_server_repeats_is_masked(server: McpServer, far_end: McpEnd) -> None:
    far_end.said = {"content": [{"type": "text", "text": f"You said {KEY}"}]}
    good = play(server.workspace, city="Utrecht")
    far_end.said = {**far_end.said, "isError": True}
    bad = play(server.workspace, city="Utrecht")

    assert good.output == {"text": "You said [secret weather_key]"}
    assert error_of(bad)["code"] == "service_refused"
    kept = [run.nodes.values() for run in (good, bad)]
    assert KEY not in json.dumps([good.output, bad.error, str(kept)])


@pytest.mark.parametrize("reply", [b"{", b" " * (MAX_BYTES + 1)], ids=["broken", "too large"])
def test_what_nobody_saw_the_end_of_waits_for_a_person(
    reply: bytes, server: McpServer, far_end: McpEnd
) -> None:
    far_end.call_reply = Reply(200, reply)

    run = play(server.workspace, city="Utrecht")

    assert run.status == RunStatus.NEEDS_ATTENTION, run.error
    assert len(far_end.calls) == 1


def test_only_a_confirmed_tool_is_called_as_one_that_reads(
    server: McpServer, far_end: McpEnd
) -> None:
    with pytest.raises(InvalidScore, match="no MCP tool mcp_read"):
        play(server.workspace, skill="mcp_read", city="Utrecht")
    spec = server.specs[0]
    judge_tool(server, "forecast", reads=True, sha256=spec.sha256, by="ada")

    run = play(server.workspace, skill="mcp_read", city="Utrecht")

    assert run.output == {"text": "Sunny"}
    assert run.nodes.get().effect == "read"


def test_a_tool_that_was_changed_is_not_called(server: McpServer, far_end: McpEnd) -> None:
    far_end.tools[0] = tool("forecast", description="Now something else.")
    look_again(server, by="ada")

    run = play(server.workspace, city="Utrecht")

    assert error_of(run)["code"] == "unknown_operation"
    assert "accept it" in error_of(run)["message"]
    assert far_end.calls == []


def test_another_workspace_cannot_save_a_score_that_calls_it(server: McpServer) -> None:
    with pytest.raises(InvalidScore, match=r"no MCP tool mcp\.weather\.forecast"):
        play(make_workspace(), city="Utrecht")


def test_a_model_is_told_of_a_tool_in_the_servers_words(server: McpServer) -> None:
    operations = {
        "mcp.weather.order": find("mcp", "weather.order"),
        "data.sort": find("data", "sort"),
    }

    typed = with_schemas(server.workspace_id, operations)

    assert typed["mcp.weather.order"].description == "Does order."
    assert typed["mcp.weather.order"].tool_schema()["required"] == ["city"]
    assert typed["data.sort"] is operations["data.sort"]
