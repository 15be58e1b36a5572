"""The examples of docs/api.md do what the page says, one after the other."""

import re
import subprocess
from pathlib import Path

import pytest
from django.core.management import call_command

from agents.models import Agent
from maestro.api.errors import STATUS
from maestro.workspaces.models import Workspace
from orchestras.models import Orchestra
from runs.models import Run, RunStatus
from tests.runs.clusters import RunningCluster

from .callers import Caller
from .servers import RunningServer

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text()


@pytest.mark.django_db(transaction=True)
def test_every_example_of_the_page_works(child_environment: dict[str, str]) -> None:
    call_command("seed", verbosity=0)
    caller = Caller.of(Workspace.objects.get())
    examples = "\n".join(re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL))

    with RunningServer(child_environment) as server, RunningCluster(child_environment):
        shell = {**child_environment, "MAESTRO": f"{server.address}/api/v1", "KEY": caller.token}
        said = subprocess.run(
            ["sh", "-ec", examples], env=shell, capture_output=True, text=True, timeout=250
        )

    assert said.returncode == 0, said.stdout + said.stderr
    assert "event: run.succeeded" in said.stdout
    assert Run.objects.filter(orchestra__isnull=False).get().status == RunStatus.SUCCEEDED
    assert not Agent.objects.filter(slug="sorter").exists()
    assert Orchestra.objects.get(name="Tidy up daily").next_fire_at


def test_every_code_is_explained() -> None:
    table = PAGE[PAGE.index("| status |") :]

    for error, status in STATUS.items():
        assert re.search(rf"\| {status} \| .*`{error.code}`", table), error
