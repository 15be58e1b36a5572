"""Saving agents makes versions; what nodes and pins refer to stays."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models.signals import pre_delete

from agents.actions import create_agent, delete_agent, save_agent
from agents.models import Agent
from maestro.errors import Conflict, InUse, InvalidInput, StaleVersion
from maestro.workspaces.models import AuditEntry, Workspace
from orchestras.models import Orchestra, OrchestraAgent
from runs.actions import start_score
from runs.models import Mode, Run, Trigger
from scores.actions import save_graph
from scores.models import Score
from tests.admin.rows import make_run
from tests.factories import AUTHOR, make_agent, make_score, make_workspace
from tests.scores.graphs import graph, llm

pytestmark = pytest.mark.django_db


@pytest.fixture
def workspace() -> Workspace:
    return make_workspace()


def test_a_new_agent_is_at_version_one_under_a_slug_of_its_name(workspace: Workspace) -> None:
    fields = {"name": "Draft opener", "system_prompt": "Write."}
    first, second = (make_agent(workspace, **fields) for _ in range(2))
    elsewhere = make_agent(make_workspace(), **fields)

    slugs = [agent.slug for agent in (first, second, elsewhere)]
    assert slugs == ["draft-opener", "draft-opener-2", "draft-opener"]
    assert first.version == 1
    assert first.versions.get().content["system_prompt"] == "Write."
    assert make_agent(workspace, name="日本語").slug == "agent"


def test_a_save_is_the_next_version_and_keeps_the_old_one(workspace: Workspace) -> None:
    agent = make_agent(workspace, system_prompt="old", model="claude-x")

    saved = save_agent(agent, {"system_prompt": "new"}, author="ada", note="shorter")

    assert (saved.version, saved.system_prompt, saved.model) == (2, "new", "claude-x")
    newest, oldest = saved.versions.all()
    assert (newest.content["system_prompt"], newest.author, newest.note) == (
        "new",
        "ada",
        "shorter",
    )
    assert oldest.content["system_prompt"] == "old"
    entry = AuditEntry.objects.filter(action="agent.saved").first()
    assert entry and (entry.actor, entry.details["version"]) == ("ada", 2)


def test_a_save_that_changes_nothing_makes_no_version(workspace: Workspace) -> None:
    agent = make_agent(workspace, system_prompt="same")

    saved = save_agent(agent, {"system_prompt": "same", "model": ""}, author=AUTHOR)

    assert (saved.version, saved.versions.count()) == (1, 1)


def test_a_save_of_what_has_moved_on_is_refused(workspace: Workspace) -> None:
    agent = make_agent(workspace)
    save_agent(agent, {"description": "first"}, author=AUTHOR, expected_version=1)

    with pytest.raises(StaleVersion) as refusal:
        save_agent(agent, {"description": "second"}, author=AUTHOR, expected_version=1)

    assert refusal.value.details == {"version": 2}
    agent.refresh_from_db()
    assert agent.description == "first"


@pytest.mark.parametrize(
    "fields",
    [
        {"system_prompt": ""},
        {"name": ""},
        {"name": "x" * 121},
        {"slug": "no slug"},
        {"slug": "taken"},
        {"system_prompt": "half \ud800"},
        {"allowed_tools": "data"},
        {"allowed_tools": ["nobody"]},
        {"allowed_tools": ["data.nothing"]},
        {"allowed_tools": ["agent:other"]},
        {"output_schema": {"type": "thing"}},
        {"output_schema": {"type": "object", "required": 1}},
        {"output_schema": {"type": "array"}},
        {"parameters": []},
    ],
)
def test_what_cannot_be_used_is_refused_and_nothing_is_saved(
    workspace: Workspace, fields: dict[str, Any]
) -> None:
    make_agent(workspace, slug="taken")
    agent = make_agent(workspace)

    with pytest.raises(InvalidInput):
        save_agent(agent, fields, author=AUTHOR)  # type: ignore[arg-type]
    with pytest.raises(InvalidInput):
        make_agent(workspace, **fields)

    assert [a.version for a in Agent.objects.all()] == [1, 1]


def test_skills_operations_and_schemas_that_exist_are_taken(workspace: Workspace) -> None:
    schema = {"type": "object", "properties": {"subject": {"type": "string"}}}

    agent = make_agent(workspace, allowed_tools=["data", "data.pick"], output_schema=schema)

    assert agent.allowed_tools == ["data", "data.pick"]


def test_only_the_fields_of_an_agent_can_be_saved(workspace: Workspace) -> None:
    agent = make_agent(workspace)
    foreign: Any = {"version": 9, "workspace": make_workspace()}

    assert save_agent(agent, foreign, author=AUTHOR).version == 1
    assert Agent.objects.get(pk=agent.pk).workspace == workspace


def test_an_agent_that_nodes_play_stays_and_they_are_named(workspace: Workspace) -> None:
    agent = make_agent(workspace, name="Writer")
    nodes = [llm("a", agent_id=agent.pk), llm("b", agent_id=agent.pk)]
    score = make_score(workspace, graph(*nodes), name="Letters")

    with pytest.raises(InUse) as refusal:
        delete_agent(agent, author=AUTHOR)

    uses: Any = refusal.value.details["used_by"]
    assert [(use["type"], use["id"], use["name"], use["nodes"]) for use in uses] == [
        ("score", score.pk, "Letters", ["a", "b"])
    ]
    assert Agent.objects.filter(pk=agent.pk).exists()
    assert not AuditEntry.objects.filter(action="agent.deleted").exists()


def test_an_agent_of_a_pinned_version_stays(workspace: Workspace) -> None:
    agent = make_agent(workspace)
    orchestra = Orchestra.objects.create(
        workspace=workspace, name="Pinned", score=make_score(workspace), score_version=1
    )
    OrchestraAgent.objects.create(workspace=workspace, orchestra=orchestra, agent=agent)

    with pytest.raises(InUse, match="Pinned"):
        delete_agent(agent, author=AUTHOR)


def make_pinned_run(agent: Agent, status: str) -> Run:
    """Of a score that does not play the agent any more."""
    pins = {"agents": {"think": {"id": agent.pk, "version": agent.version}}}
    return make_run(make_score(agent.workspace), status, pins=pins)


@pytest.mark.parametrize("status", ["queued", "running", "waiting", "needs_attention"])
def test_an_agent_that_an_unfinished_run_began_with_stays(
    workspace: Workspace, status: str
) -> None:
    agent = make_agent(workspace)
    run = make_pinned_run(agent, status)
    make_pinned_run(make_agent(workspace), "queued")

    with pytest.raises(InUse) as refusal:
        delete_agent(agent, author=AUTHOR)

    uses: Any = refusal.value.details["used_by"]
    assert [(use["type"], use["id"]) for use in uses] == [("run", run.pk)]
    assert agent.versions.count() == 1
    assert not AuditEntry.objects.filter(action="agent.deleted").exists()


def test_an_agent_of_finished_runs_can_go(workspace: Workspace) -> None:
    agent = make_agent(workspace)
    make_pinned_run(agent, "succeeded")

    delete_agent(agent, author=AUTHOR)

    assert not Agent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_agent_that_a_run_pins_while_it_is_deleted_stays() -> None:
    agent = make_agent(make_workspace())
    score = make_score(agent.workspace, graph(llm("think", agent_id=agent.pk)))
    score.nodes.all().delete()  # nothing but its run will name the agent
    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            run = begin(score)
            deleting = other.submit(delete_in_another_transaction, agent)
            with pytest.raises(TimeoutError):
                deleting.result(timeout=0.5)
        with pytest.raises(InUse, match=run.pk):
            deleting.result(timeout=30)

    assert Agent.objects.filter(pk=agent.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_a_run_that_pins_an_agent_while_it_is_deleted_does_not_start() -> None:
    agent = make_agent(make_workspace())
    score = make_score(agent.workspace, graph(llm("think", agent_id=agent.pk)))
    score.nodes.all().delete()  # nothing but its run will name the agent
    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            delete_agent(agent, author=AUTHOR)
            starting = other.submit(start_in_another_transaction, score)
            with pytest.raises(TimeoutError):
                starting.result(timeout=0.5)
        with pytest.raises(Conflict, match=agent.pk):
            starting.result(timeout=30)

    assert not Run.objects.exists()


def delete_in_another_transaction(agent: Agent) -> None:
    try:
        delete_agent(agent, author=AUTHOR)
    finally:
        connection.close()


def begin(score: Score) -> Run:
    return start_score(score, trigger=Trigger.API, mode=Mode.REHEARSAL, started_by=AUTHOR)


def start_in_another_transaction(score: Score) -> None:
    try:
        begin(score)
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_an_agent_that_is_taken_while_it_is_deleted_stays() -> None:
    workspace = make_workspace()
    agent = make_agent(workspace)
    score = make_score(workspace, name="Faster")

    def take(**_: object) -> None:
        with ThreadPoolExecutor(1) as other:
            other.submit(take_in_another_transaction).result()

    def take_in_another_transaction() -> None:
        save_graph(score, graph(llm("late", agent_id=agent.pk)), author=AUTHOR)
        connection.close()

    pre_delete.connect(take, sender=Agent)
    try:
        with pytest.raises(InUse, match="Faster"):
            delete_agent(agent, author=AUTHOR)
    finally:
        pre_delete.disconnect(take, sender=Agent)

    assert Agent.objects.filter(pk=agent.pk).exists()


def test_an_unused_agent_is_deleted_with_its_versions(workspace: Workspace) -> None:
    agent = create_agent(workspace, {"name": "Old", "system_prompt": "x"}, author=AUTHOR)

    delete_agent(agent, author="ada")

    assert not Agent.objects.exists()
    entry = AuditEntry.objects.filter(action="agent.deleted").get()
    assert (entry.actor, entry.details) == ("ada", {"name": "Old"})
