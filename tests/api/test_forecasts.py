"""Forecasts over REST."""

import pytest

from agents.models import ModelPrice
from maestro.workspaces.models import Workspace
from tests.factories import make_agent, make_orchestra, make_score
from tests.scores.graphs import graph, llm, step

from .callers import Caller, read, refused


def make_price(workspace: Workspace) -> None:
    ModelPrice.objects.create(
        model=workspace.default_model, valid_from="2026-01-01", input=10**6, output=10**6,
        cache_write_5m=1, cache_write_1h=1, cache_read=1,
    )  # fmt: skip


@pytest.fixture
def path(workspace: Workspace) -> str:
    make_price(workspace)
    agent = make_agent(workspace)
    score = make_score(workspace, graph(llm("think", agent_id=agent.pk)))
    return f"/orchestras/{make_orchestra(score, cron='0 7 * * *').pk}/forecast"


def test_a_forecast_says_what_it_rests_on(caller: Caller, path: str) -> None:
    said = read(caller.get(path))

    assert (said["basis"], said["guessed"], said["runs"]) == ("estimated", ["think"], 0)
    per_run = said["per_run_microdollars"]
    assert 0 < per_run["low"] < per_run["expected"] < per_run["high"]
    # Switched off, and never played: as its schedule will have it.
    assert said["per_month_microdollars"]["expected"] > 28 * per_run["expected"]
    assert said["assumed"]


def test_a_draft_is_foretold_before_it_is_saved(caller: Caller, workspace: Workspace) -> None:
    make_price(workspace)
    score = make_score(workspace, graph(step("pick")))
    path = f"/scores/{score.pk}/draft"
    assert read(caller.get(f"{path}/forecast"))["basis"] == "free"
    drawn = graph(llm("think", agent_id=make_agent(workspace).pk)).as_json()
    tag = caller.get(path).headers["ETag"]
    read(caller.put(path, {**drawn, "base_version": 1}, If_Match=tag))

    said = read(caller.get(f"{path}/forecast"))

    assert (said["basis"], said["guessed"]) == ("estimated", ["think"])
    assert said["per_run_microdollars"]["expected"] > 0
    broken = {**drawn, "edges": [{"from": "think", "to": "gone"}], "base_version": 1}
    read(caller.put(path, broken, If_Match="*"))
    refused(caller.get(f"{path}/forecast"), 422, "invalid_score")


def test_what_cannot_be_told_is_refused(caller: Caller, path: str, stranger: Caller) -> None:
    refused(stranger.get(path), 404, "not_found")
    assert (
        "anthropic_api_key" in refused(caller.get(f"{path}?count=true"), 409, "conflict")["message"]
    )
    ModelPrice.objects.all().delete()
    refused(caller.get(path), 422, "invalid_score")
