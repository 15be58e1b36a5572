"""Runs that start one another by Maestro's own address come to an end."""

import pytest
from pytest_django import Settings

from maestro.workspaces.models import Workspace
from runs.models import Run, RunStatus
from tests.agents.far_end import serving
from tests.api.callers import Caller, read, refused
from tests.factories import make_score, make_workspace
from tests.scores.graphs import graph, step, subscore

from .stage import play_here

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def workspace() -> Workspace:
    return make_workspace()


def test_a_start_too_deep_is_refused(workspace: Workspace) -> None:
    caller = Caller.of(workspace)
    path = f"/scores/{make_score(workspace).pk}/runs"

    said = refused(caller.post(path, {}, Maestro_Depth="6"), 409, "conflict")

    assert said["details"] == {"depth": 6}
    for harmless in ("5", "", "x", "-1", "99999"):
        read(caller.post(path, {}, Maestro_Depth=harmless), 201)


def test_what_a_run_asks_says_how_deep_it_is_also_below_a_subscore(
    workspace: Workspace, settings: Settings
) -> None:
    settings.MAESTRO_EGRESS_ALLOW = ["127.0.0.1"]
    with serving() as far_end:
        ask = step(
            "ask", skill="http", operation="get", config={"params": {"url": f"{far_end.url}/json"}}
        )
        inner = make_score(workspace, graph(ask))
        outer = make_score(workspace, graph(subscore("below", inner.pk)))
        started = read(
            Caller.of(workspace).post(f"/scores/{outer.pk}/runs", {}, Maestro_Depth="3"), 201
        )
        for _ in range(3):  # the parent, its child, the parent again
            play_here(Run.objects.get(pk=started["id"]))

        assert Run.objects.get(pk=started["id"]).status == RunStatus.SUCCEEDED
        assert [asked["headers"]["maestro-depth"] for asked in far_end.seen] == ["4"]


def test_a_node_cannot_say_it_is_less_deep(workspace: Workspace, settings: Settings) -> None:
    params = {"url": "https://x.example/", "headers": {"maestro-depth": "0"}}
    score = make_score(
        workspace, graph(step("ask", skill="http", operation="get", config={"params": params}))
    )
    started = read(Caller.of(workspace).post(f"/scores/{score.pk}/runs", {}), 201)
    run = play_here(Run.objects.get(pk=started["id"]))
    assert "maestro-depth cannot be set" in (run.error or {})["message"]
