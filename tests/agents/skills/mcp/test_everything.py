"""Against a server that others wrote: @modelcontextprotocol/server-everything, over streamable HTTP."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from agents.skills.mcp.actions import judge_tool, look_again
from agents.skills.mcp.models import McpServer
from maestro.workspaces.models import Workspace
from tests.agents.skills.mcp.conftest import register
from tests.agents.skills.mcp.test_runs import error_of, play
from tests.settings import FOLDER

PACKAGE = "@modelcontextprotocol/server-everything"
VERSION = "2026.8.31"
HOME = FOLDER / f"server-everything-{VERSION}"
PROGRAM = HOME / "node_modules" / PACKAGE / "dist" / "index.js"
pytestmark = pytest.mark.django_db(transaction=True)


def _installed() -> Path:
    if PROGRAM.exists():
        return PROGRAM
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip("node and npm are not here, so no third party's MCP server can run")
    HOME.mkdir(parents=True, exist_ok=True)
    command = [
        "npm",
        "install",
        "--no-fund",
        "--no-audit",
        "--prefix",
        str(HOME),
        f"{PACKAGE}@{VERSION}",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    if done.returncode:
        pytest.skip(f"{PACKAGE} cannot be installed: {done.stderr[-200:]}")
    return PROGRAM


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    program = _installed()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        ["node", str(program), "streamableHttp"],
        env={**os.environ, "PORT": str(port)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    for line in process.stderr:
        if "listening" in line.lower():
            break
    else:
        pytest.fail("the server ended before it listened")
    yield f"http://127.0.0.1:{port}/mcp"
    process.terminate()
    process.wait(10)


@pytest.fixture
def everything(workspace: Workspace, address: str, settings: Settings) -> McpServer:
    settings.MAESTRO_EGRESS_ALLOW = ["127.0.0.1"]
    return look_again(register(workspace, address, "everything"), by="ada")


def test_its_tools_are_listed_and_called(everything: McpServer) -> None:
    names = {spec.name for spec in everything.specs}
    assert {"echo", "get-sum", "get-structured-content"} <= names
    assert not any(spec.fault for spec in everything.specs)

    run = play(everything.workspace, "everything.get-sum", a=2, b=40)
    assert run.output is not None and "42" in run.output["text"]


def test_its_structured_content_is_typed(everything: McpServer) -> None:
    spec = next(one for one in everything.specs if one.name == "get-structured-content")
    judge_tool(everything, spec.name, reads=True, sha256=spec.sha256, by="ada")

    run = play(
        everything.workspace,
        "everything.get-structured-content",
        "mcp_read",
        location="New York",
    )

    assert run.output is not None
    assert set(run.output["structured"]) == {"temperature", "conditions", "humidity"}
    wrong = play(everything.workspace, "everything.get-structured-content", location="Utrecht")
    assert error_of(wrong)["code"] == "invalid_node_input"
