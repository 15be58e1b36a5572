"""Orchestras: what can be kept, when they fire next, what they hold on to."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from agents.actions import delete_agent
from maestro.errors import Conflict, InUse, InvalidInput
from maestro.workspaces.models import AuditEntry, Secret, Workspace
from orchestras.actions import (
    bind_secrets,
    delete_orchestra,
    reschedule,
    save_orchestra,
    set_enabled,
)
from orchestras.models import Orchestra
from orchestras.schedule import next_fire
from runs.models import Run, RunStatus, Trigger
from scores.actions import create_score, save_graph
from scores.models import Score
from tests.factories import AUTHOR, make_agent, make_orchestra, make_score, make_workspace
from tests.scores.graphs import graph, llm, step

pytestmark = pytest.mark.django_db
DAILY = {"cron": "0 7 * * *", "enabled": True}


@pytest.fixture
def workspace() -> Workspace:
    return make_workspace(time_zone="Europe/Berlin")


@pytest.fixture
def score(workspace: Workspace) -> Score:
    return make_score(workspace)


def make_run(orchestra: Orchestra, status: str = RunStatus.QUEUED) -> Run:
    finished = timezone.now() if status in RunStatus.final() else None
    return Run.objects.create(
        workspace=orchestra.workspace,
        score=orchestra.score,
        score_version=1,
        orchestra=orchestra,
        trigger=Trigger.MANUAL,
        status=status,
        finished_at=finished,
    )


def test_an_enabled_schedule_knows_its_next_fire_in_its_workspaces_time(score: Score) -> None:
    orchestra = make_orchestra(score, **DAILY)

    assert orchestra.next_fire_at == next_fire("0 7 * * *", "Europe/Berlin", timezone.now())


@pytest.mark.parametrize("fields", [{"cron": "0 7 * * *"}, {"enabled": True}])
def test_without_both_a_cron_and_a_switch_that_is_on_nothing_fires(
    score: Score, fields: dict[str, Any]
) -> None:
    assert make_orchestra(score, **fields).next_fire_at is None


def test_the_next_fire_moves_only_with_the_schedule(score: Score) -> None:
    orchestra = make_orchestra(score, **DAILY)
    waiting = datetime(2020, 1, 1, tzinfo=UTC)
    Orchestra.objects.update(next_fire_at=waiting)

    assert save_orchestra(orchestra, {"description": "x"}, author=AUTHOR).next_fire_at == waiting
    moved = save_orchestra(orchestra, {"time_zone": "Asia/Tokyo"}, author=AUTHOR)
    assert moved.next_fire_at == next_fire("0 7 * * *", "Asia/Tokyo", timezone.now())
    assert set_enabled(orchestra, False, author=AUTHOR).next_fire_at is None
    assert set_enabled(orchestra, True, author=AUTHOR).next_fire_at == moved.next_fire_at


def test_a_new_time_zone_of_the_workspace_moves_those_without_their_own(
    workspace: Workspace, score: Score
) -> None:
    follower = make_orchestra(score, **DAILY)
    own = make_orchestra(score, **DAILY, time_zone="Asia/Tokyo")
    paused = make_orchestra(score, cron="0 7 * * *")
    due = datetime(2020, 1, 1, tzinfo=UTC)
    Orchestra.objects.exclude(pk=paused.pk).update(next_fire_at=due)
    workspace.time_zone = "America/New_York"
    workspace.save()

    reschedule(workspace)

    fires = {o.pk: o.next_fire_at for o in Orchestra.objects.all()}
    assert fires[follower.pk] == next_fire("0 7 * * *", "America/New_York", timezone.now())
    assert (fires[own.pk], fires[paused.pk]) == (due, None)


@pytest.mark.parametrize(
    "fields",
    [
        {"name": ""},
        {"name": "Taken"},
        {"cron": "0 7 * * * *"},
        {"cron": "0 0 31 2 *"},
        {"time_zone": "Mars/Base"},
        {"overlap": "both"},
        {"misfire": "never"},
        {"score_version": 2},
        {"input": []},
        {"input": {"a": "\x00"}},
        {"input": {"a": "x" * 1024 * 1024}},
        {"budget_microdollars": -1},
    ],
)
def test_what_cannot_be_played_is_refused(score: Score, fields: dict[str, Any]) -> None:
    make_orchestra(score, name="Taken")
    orchestra = make_orchestra(score)

    with pytest.raises(InvalidInput):
        save_orchestra(orchestra, fields, author=AUTHOR)  # type: ignore[arg-type]
    with pytest.raises(InvalidInput):
        make_orchestra(score, **fields)

    assert Orchestra.objects.count() == 2


def test_another_workspaces_score_is_refused(workspace: Workspace, score: Score) -> None:
    orchestra = make_orchestra(score)

    with pytest.raises(InvalidInput, match="has no score"):
        save_orchestra(orchestra, {"score": make_score(make_workspace())}, author=AUTHOR)


def test_a_score_without_a_graph_cannot_be_switched_on(workspace: Workspace) -> None:
    empty = create_score(workspace, {"name": "Empty"}, author=AUTHOR)
    orchestra = make_orchestra(empty)

    with pytest.raises(InvalidInput, match="no graph"):
        set_enabled(orchestra, True, author=AUTHOR)


def test_the_score_may_change_until_there_are_runs(workspace: Workspace, score: Score) -> None:
    orchestra, other = make_orchestra(score), make_score(workspace)
    assert save_orchestra(orchestra, {"score": other}, author=AUTHOR).score == other
    make_run(orchestra, RunStatus.SUCCEEDED)

    with pytest.raises(Conflict, match="clone"):
        save_orchestra(orchestra, {"score": score}, author=AUTHOR)
    save_orchestra(orchestra, {"score": other, "tag": "CRM"}, author=AUTHOR)


def test_the_agents_of_a_pinned_version_are_held_until_the_pin_goes(workspace: Workspace) -> None:
    agent = make_agent(workspace)
    score = make_score(workspace, graph(llm("a", agent_id=agent.pk)))
    save_graph(score, graph(step("b")), author=AUTHOR)
    orchestra = make_orchestra(score, score_version=1)

    with pytest.raises(InUse):
        delete_agent(agent, author=AUTHOR)
    save_orchestra(orchestra, {"score_version": None}, author=AUTHOR)
    delete_agent(agent, author=AUTHOR)

    with pytest.raises(InvalidInput, match="no longer exists"):
        save_orchestra(orchestra, {"score_version": 1}, author=AUTHOR)


def test_secrets_are_bound_by_slot_and_by_their_own_workspace_only(
    workspace: Workspace, score: Score
) -> None:
    orchestra = make_orchestra(score)
    mine = Secret.objects.create(workspace=workspace, name="apollo")
    foreign = Secret.objects.create(workspace=make_workspace(), name="apollo")
    bind_secrets(orchestra, {"tavily_api_key": mine}, author=AUTHOR)

    bind_secrets(orchestra, {"apollo_api_key": mine}, author=AUTHOR)
    for wrong in ({"apollo_api_key": foreign}, {"no slot": mine}, {"apollo_api_kye": mine}):
        with pytest.raises(InvalidInput):
            bind_secrets(orchestra, wrong, author=AUTHOR)

    assert list(orchestra.bindings.values_list("slot", "secret")) == [("apollo_api_key", mine.pk)]


def test_an_orchestra_with_an_unfinished_run_stays(score: Score) -> None:
    orchestra = make_orchestra(score)
    finished, open_run = make_run(orchestra, RunStatus.FAILED), make_run(orchestra)

    with pytest.raises(InUse) as refusal:
        delete_orchestra(orchestra, author=AUTHOR)
    uses: Any = refusal.value.details["used_by"]
    assert [(use["type"], use["id"]) for use in uses] == [("run", open_run.pk)]

    Run.objects.filter(pk=open_run.pk).update(status="cancelled", finished_at=timezone.now())
    delete_orchestra(orchestra, author="ada")
    assert not Orchestra.objects.exists()
    assert Run.objects.get(pk=finished.pk).orchestra is None
    assert AuditEntry.objects.get(action="orchestra.deleted").actor == "ada"


def test_due_are_enabled_orchestras_whose_time_has_come(score: Score) -> None:
    orchestra = make_orchestra(score, **DAILY)
    make_orchestra(score, cron="0 7 * * *")
    due = orchestra.next_fire_at
    assert due is not None

    assert list(Orchestra.objects.due(due)) == [orchestra]
    assert not Orchestra.objects.due(due - timedelta(seconds=1)).exists()


def test_the_status_is_computed_in_the_same_query(
    score: Score, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    idle = make_orchestra(score, enabled=True)
    scheduled = make_orchestra(score, **DAILY)
    paused = make_orchestra(score, cron="0 7 * * *")
    running = make_orchestra(score)
    make_run(running)
    make_run(running)
    make_run(idle, RunStatus.SUCCEEDED)

    with django_assert_num_queries(1):
        statuses = {o.pk: o.status for o in Orchestra.objects.with_status()}

    assert statuses == {
        idle.pk: "idle",
        scheduled.pk: "scheduled",
        paused.pk: "paused",
        running.pk: "running",
    }
