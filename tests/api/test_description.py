"""The API is as it describes itself, and its page of documentation needs no other host."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from agents.models import Agent
from maestro.api import api
from maestro.workspaces.api_keys import SCOPES
from maestro.workspaces.models import Workspace
from orchestras.models import Orchestra
from tests.factories import make_agent, make_score

from .callers import JSON, Caller, read
from .servers import RunningServer

HERE = Path(__file__).parent


@pytest.fixture
def described(client: Client) -> JSON:
    said: JSON = client.get("/api/v1/openapi.json").json()
    return said


@pytest.mark.django_db(transaction=True)
def test_schemathesis_finds_nothing_that_the_description_does_not_say(
    child_environment: dict[str, str], workspace: Workspace, caller: Caller, tmp_path: Path
) -> None:
    make_agent(workspace)
    score = make_score(workspace)
    Orchestra.objects.create(workspace=workspace, name="Daily", score=score)
    read(caller.post(f"/scores/{score.pk}/runs", {}), 201)

    with RunningServer(child_environment) as server:
        found = schemathesis(f"{server.address}/api/v1/openapi.json", caller.token, tmp_path)

    assert found.returncode == 0, found.stdout
    assert Agent.objects.count() > 1, "it created nothing: " + found.stdout


def schemathesis(address: str, token: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """Its notes are left in `folder`."""
    program = Path(sys.executable).with_name("st")
    command = [str(program), "--config-file", str(HERE / "schemathesis.toml"), "run", address]
    options = "--checks all --phases fuzzing --max-examples 3 --generation-deterministic"
    return subprocess.run(
        [*command, *options.split(), "--no-color", "--header", f"Authorization: Bearer {token}"],
        cwd=folder,
        capture_output=True,
        text=True,
    )


@pytest.mark.django_db
def test_every_operation_says_which_scope_it_needs(described: JSON) -> None:
    operations = [operation for path in described["paths"].values() for operation in path.values()]
    scopes = [scope for operation in operations for scope in operation["security"][0]["BearerKey"]]

    assert set(scopes) == set(SCOPES)
    assert [
        operation["operationId"] for operation in operations if not operation["description"]
    ] == []
    without = [o["operationId"] for o in operations if not o["security"][0]["BearerKey"]]
    assert without == ["get_workspace", "list_skills"]


@pytest.mark.django_db
def test_every_operation_is_named_once(described: JSON) -> None:
    names = [
        operation["operationId"]
        for path in described["paths"].values()
        for operation in path.values()
    ]

    assert len(names) == len(set(names)) > 30


@pytest.mark.django_db
def test_no_operation_is_open_to_everyone(described: JSON) -> None:
    nobody = Caller()
    for path, methods in described["paths"].items():
        for method in methods:
            concrete = re.sub(r"\{\w+\}", "x", path.removeprefix("/api/v1"))
            assert nobody.call(method, concrete).status_code == 401, (method, path)


@pytest.mark.django_db
def test_the_page_of_documentation_loads_only_what_is_served_here(client: Client) -> None:
    page = client.get("/api/v1/docs")
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.content.decode())

    assert page.status_code == 200
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    assert any(address.endswith("swagger-ui-bundle.js") for address in loaded)
    for address in loaded:
        assert address.startswith("/static/"), address
        assert finders.find(address.removeprefix("/static/")), address
    assert api.title in page.content.decode()
