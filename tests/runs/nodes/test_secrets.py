"""Where a slot's value comes from, and that it stays in the call."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from maestro.workspaces.models import Workspace
from maestro.workspaces.vault import set_secret
from orchestras.actions import bind_secrets, create_orchestra
from orchestras.models import Orchestra
from runs.actions import start_orchestra
from runs.models import Mode, Run, RunStatus, Trigger
from tests.factories import make_score, make_workspace
from tests.runs.installing import installed
from tests.runs.stage import play_here
from tests.scores.graphs import graph, step

VALUE = "canary/8f2a+91c4=="
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def leaky(tmp_path: Path) -> Iterator[None]:
    with installed("leaky", "tests.runs.nodes.leaky_skill", tmp_path):
        yield


@pytest.fixture
def workspace() -> Workspace:
    return make_workspace()


@pytest.fixture
def orchestra(workspace: Workspace) -> Orchestra:
    score = make_score(workspace, graph(step("tell", skill="leaky", operation="tell")))
    return create_orchestra(workspace, {"name": "Leaks", "score": score}, author="ada")


def play(orchestra: Orchestra, mode: Mode = Mode.LIVE, how: str = "output") -> Run:
    run = start_orchestra(
        orchestra, trigger=Trigger.MANUAL, input={"how": how}, mode=mode, started_by="ada"
    )
    return play_here(run)


def error_of(run: Run) -> dict[str, Any]:
    assert run.error is not None, run.output
    return dict(run.error)


def output_of(run: Run) -> dict[str, Any]:
    assert run.output is not None, run.error
    return dict(run.output)


def everything_said(run: Run) -> str:
    rows = [(n.input, n.output_json, n.error) for n in run.nodes.all()]
    return json.dumps([run.output, run.error, rows, list(run.events.values())], default=str)


def test_a_missing_secret_says_which_slot_for_which_skill_and_what_to_do(
    orchestra: Orchestra,
) -> None:
    run = play(orchestra)

    assert run.status == RunStatus.FAILED
    assert error_of(run)["code"] == "missing_secret"
    assert error_of(run)["details"] == {"slot": "leaky_key", "skill": "leaky"}
    assert "set one named leaky_key in the vault" in error_of(run)["message"]


def test_a_rehearsal_needs_no_secret(orchestra: Orchestra) -> None:
    assert output_of(play(orchestra, Mode.REHEARSAL)) == {"told": "nothing"}


def test_the_workspaces_secret_of_the_slots_name_fills_it(
    workspace: Workspace, orchestra: Orchestra
) -> None:
    set_secret(workspace, "leaky_key", VALUE, by="ada")

    run = play(orchestra)

    assert run.status == RunStatus.SUCCEEDED
    assert output_of(run)["told"] == "[secret leaky_key]"


def test_a_binding_goes_before_the_secret_of_the_slots_name(
    workspace: Workspace, orchestra: Orchestra
) -> None:
    set_secret(workspace, "leaky_key", "not this one", by="ada")
    bound = set_secret(workspace, "another", VALUE, by="ada")
    bind_secrets(orchestra, {"leaky_key": bound}, author="ada")

    assert output_of(play(orchestra))["length"] == len(VALUE)


def test_anothers_workspace_secret_fills_nothing(orchestra: Orchestra) -> None:
    set_secret(make_workspace(), "leaky_key", VALUE, by="ada")

    assert error_of(play(orchestra))["code"] == "missing_secret"


def test_the_environment_fills_slots_only_where_that_is_allowed(
    workspace: Workspace, orchestra: Orchestra, settings: Settings
) -> None:
    settings.ENVIRONMENT_SECRETS = {"leaky_key": VALUE}

    assert error_of(play(orchestra))["code"] == "missing_secret"

    workspace.settings = {"env_secrets": True}
    workspace.save()
    assert output_of(play(orchestra))["told"] == "[secret leaky_key]"


def test_the_vault_goes_before_the_environment(
    workspace: Workspace, orchestra: Orchestra, settings: Settings
) -> None:
    settings.ENVIRONMENT_SECRETS = {"leaky_key": "too short"[:7]}
    workspace.settings = {"env_secrets": True}
    workspace.save()
    assert "fewer than 8 characters" in error_of(play(orchestra))["message"]

    set_secret(workspace, "leaky_key", VALUE, by="ada")
    assert play(orchestra).status == RunStatus.SUCCEEDED


def test_a_key_that_opens_nothing_is_an_error_of_the_node(
    workspace: Workspace, orchestra: Orchestra, settings: Settings
) -> None:
    set_secret(workspace, "leaky_key", VALUE, by="ada")
    settings.MAESTRO_SECRET_KEY = base64.b64encode(b"x" * 32).decode()

    error = error_of(play(orchestra))

    assert error["code"] == "missing_secret"
    assert "MAESTRO_SECRET_KEY" in error["message"]


def test_a_rotation_counts_from_the_next_call_on(
    workspace: Workspace, orchestra: Orchestra
) -> None:
    for value in ("the first value", "a longer second value"):
        set_secret(workspace, "leaky_key", value, by="ada")
        assert output_of(play(orchestra))["length"] == len(value)


@pytest.mark.parametrize("how", ["output", "error", "crash", "token"])
def test_no_form_of_a_value_is_on_any_row_or_in_the_log(
    workspace: Workspace, orchestra: Orchestra, caplog: pytest.LogCaptureFixture, how: str
) -> None:
    set_secret(workspace, "leaky_key", VALUE, by="ada")

    said = everything_said(play(orchestra, how=how)) + caplog.text

    for form in (VALUE, VALUE[:10], "91c4", "canary%2F8f2a", "access-token-of-it"):
        assert form not in said
    assert "[secret leaky_key]" in said
