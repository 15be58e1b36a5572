"""Against a server that others wrote: @modelcontextprotocol/server-everything, over streamable HTTP."""

import fcntl
import os
import shutil
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
from tests.ports import free_port
from tests.settings import FOLDER

PACKAGE = "@modelcontextprotocol/server-everything"
VERSION = "2026.8.31"
HOME = FOLDER / f"server-everything-{VERSION}"
DONE = HOME / "installed"
PROGRAM = HOME / "node_modules" / PACKAGE / "dist" / "index.js"
pytestmark = pytest.mark.django_db(transaction=True)


def _installed() -> Path:
    """By one worker for all."""
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip("node and npm are not here, so no third party's MCP server can run")
    HOME.mkdir(parents=True, exist_ok=True)
    with (HOME / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not DONE.exists():
            _install()
    return PROGRAM


def _install() -> None:
    command = [
        "npm",
        "install",
        "--no-fund",
        "--no-audit",
        "--fetch-retries=1",
        "--prefix",
        str(HOME),
        f"{PACKAGE}@{VERSION}",
    ]
    try:
        subprocess.run(command, capture_output=True, text=True, timeout=100, check=True)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        pytest.skip(f"{PACKAGE} cannot be installed: {str(error.stderr)[-200:]}")
    DONE.touch()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    program = _installed()
    port = free_port()
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
    process.wait(60)


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
