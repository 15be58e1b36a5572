"""Agents over REST: versions, entity tags, and what a delete is refused for."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from agents.models import Agent
from maestro.workspaces.models import Workspace
from tests.admin.rows import make_node, make_run
from tests.factories import make_agent, make_score
from tests.scores.graphs import graph, llm

from .callers import Caller, read, refused

AGENT = {"name": "Classify intent", "system_prompt": "Say what the sender wants."}


def made(caller: Caller, **fields: object) -> str:
    agent_id: str = read(caller.post("/agents", {**AGENT, **fields}), 201)["id"]
    return f"/agents/{agent_id}"


def test_an_agent_is_made_with_everything_it_has(caller: Caller) -> None:
    answer = caller.post("/agents", AGENT)
    said = read(answer, 201)

    assert answer.headers["Location"] == f"/api/v1/agents/{said['id']}"
    assert answer.headers["ETag"] == '"1"'
    assert said == {
        "id": said["id"],
        "name": "Classify intent",
        "slug": "classify-intent",
        "description": "",
        "model": None,
        "system_prompt": "Say what the sender wants.",
        "allowed_tools": None,
        "output_schema": None,
        "parameters": {},
        "is_template": False,
        "source_agent_id": None,
        "version": 1,
        "created_at": said["created_at"],
        "updated_at": said["updated_at"],
    }
    again = caller.get(f"/agents/{said['id']}")
    assert (read(again), again.headers["ETag"]) == (said, '"1"')


def test_a_patch_changes_what_it_names_and_makes_the_next_version(caller: Caller) -> None:
    path = made(caller, description="kept", parameters={"max_tokens": 5})

    answer = caller.patch(path, {"model": "claude-haiku-5-5", "note": "cheaper"}, If_Match='"1"')
    said = read(answer)

    assert answer.headers["ETag"] == '"2"'
    assert (said["model"], said["description"], said["version"]) == ("claude-haiku-5-5", "kept", 2)
    versions = read(caller.get(f"{path}/versions"))["items"]
    assert [(v["version"], v["note"]) for v in versions] == [(2, "cheaper"), (1, "")]
    assert versions[0]["author"].startswith("API key test")
    first = read(caller.get(f"{path}/versions/1"))
    assert first["content"]["model"] is None
    refused(caller.get(f"{path}/versions/3"), 404, "not_found")


def test_a_put_replaces_all_but_the_slug(caller: Caller) -> None:
    path = made(caller, description="goes", parameters={"max_tokens": 5}, slug="short")

    said = read(caller.put(path, {**AGENT, "name": "Other"}, If_Match='"1"'))

    assert (said["name"], said["slug"]) == ("Other", "short")
    assert (said["description"], said["parameters"]) == ("", {})
    assert read(caller.put(path, {**AGENT, "slug": "long"}, If_Match="*"))["slug"] == "long"


def test_a_change_needs_to_say_what_was_read(caller: Caller) -> None:
    path = made(caller)
    read(caller.patch(path, {"description": "new"}, If_Match='"1"'))

    for stale in ('"1"', 'W/"2"', "2", '""', '"1", "3"'):
        said = refused(caller.patch(path, {"name": "x"}, If_Match=stale), 412, "stale_version")
        assert said["details"] == {"etag": '"2"'}
    for call in (caller.patch, caller.put):
        refused(call(path, AGENT), 428, "precondition_required")
        refused(call(path, AGENT, If_Match='"1"'), 412, "stale_version")
    refused(caller.delete(path), 428, "precondition_required")
    refused(caller.delete(path, If_Match='"1"'), 412, "stale_version")
    assert read(caller.patch(path, {"name": "y"}, If_Match='"1", "2"'))["name"] == "y"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_change_the_same_version_at_once_one_is_told(workspace: Workspace) -> None:
    caller = Caller.of(workspace)
    path = made(caller)
    both_ready = Barrier(6)

    def change(number: int) -> int:
        both_ready.wait()
        answer = Caller(caller.token).patch(path, {"description": f"{number}"}, If_Match='"1"')
        connection.close()
        return answer.status_code

    with ThreadPoolExecutor(6) as pool:
        statuses = sorted(pool.map(change, range(6)))

    assert statuses == [200] + [412] * 5
    assert Agent.objects.get().version == 2


def test_an_agent_that_is_played_is_not_deleted(caller: Caller, workspace: Workspace) -> None:
    agent = make_agent(workspace)
    score = make_score(workspace, graph(llm("think", agent_id=agent.pk)), name="Triage")

    said = refused(caller.delete(f"/agents/{agent.pk}", If_Match='"1"'), 409, "in_use")

    used_by = said["details"]["used_by"]
    assert [(use["type"], use["id"], use["name"], use["nodes"]) for use in used_by] == [
        ("score", score.pk, "Triage", ["think"])
    ]
    assert list(used_by[0]) == ["type", "id", "name", "nodes", "url"]


def test_an_agent_that_nothing_plays_is_deleted(caller: Caller) -> None:
    path = made(caller)

    answer = caller.delete(path, If_Match='"1"')

    assert (answer.status_code, answer.content) == (204, b"")
    refused(caller.get(path), 404, "not_found")
    refused(caller.delete(path, If_Match="*"), 404, "not_found")


WRONG = [
    ({"name": ""}, "body.name"),
    ({"name": None}, "body.name"),
    ({"name": "x" * 121}, "body.name"),
    ({"system_prompt": ""}, "body.system_prompt"),
    ({"slug": "no spaces"}, "body.slug"),
    ({"allowed_tools": ["nothing.there"]}, "allowed_tools"),
    ({"allowed_tools": "http"}, "body.allowed_tools"),
    ({"output_schema": {"type": "object", "properties": 1}}, "output_schema"),
    ({"output_schema": {"type": "array"}}, "output_schema"),
    ({"parameters": []}, "body.parameters"),
    ({"prompt": "x"}, "body.prompt"),
    ({"version": 7}, "body.version"),
]


@pytest.mark.parametrize(("fields", "place"), WRONG)
def test_what_is_wrong_is_named(caller: Caller, fields: dict[str, object], place: str) -> None:
    said = refused(caller.post("/agents", {**AGENT, **fields}), 422, "invalid_input")

    assert said["details"]["errors"][0]["place"].endswith(place)
    path = made(caller)
    refused(caller.patch(path, fields, If_Match='"1"'), 422, "invalid_input")
    assert read(caller.get(path))["version"] == 1


def test_a_slug_is_taken_once(caller: Caller) -> None:
    made(caller, slug="same")
    refused(caller.post("/agents", {**AGENT, "slug": "same"}), 422, "invalid_input")
    assert read(caller.post("/agents", AGENT), 201)["slug"] == "classify-intent"


def test_agents_of_another_workspace_are_not_there(caller: Caller, stranger: Caller) -> None:
    path = made(caller)

    for refusal in (
        stranger.get(path),
        stranger.patch(path, {"name": "mine"}, If_Match="*"),
        stranger.put(path, AGENT, If_Match="*"),
        stranger.delete(path, If_Match="*"),
        stranger.get(f"{path}/versions"),
        stranger.get(f"{path}/versions/1"),
    ):
        refused(refusal, 404, "not_found")
    assert read(stranger.get("/agents"))["items"] == []
    assert read(caller.get(path))["name"] == "Classify intent"


def test_a_list_asks_the_database_the_same_number_of_times_however_long_it_is(
    caller: Caller, workspace: Workspace, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(5):
        made(caller, name=f"Agent {number}")

    make_score(workspace, graph(llm("x", agent_id=Agent.objects.get(slug="agent-4").pk)))

    with django_assert_num_queries(2):
        listed = read(caller.get("/agents?limit=3"))

    assert [agent["name"] for agent in listed["items"]] == ["Agent 4", "Agent 3", "Agent 2"]
    counted = ["scores", "nodes", "cost_cents", "cost_microdollars"]
    assert [listed["items"][0][name] for name in counted] == [1, 1, 0, 0]
    rest = read(caller.get(f"/agents?cursor={listed['next_cursor']}"))
    assert [agent["name"] for agent in rest["items"]] == ["Agent 1", "Agent 0"]


def test_a_list_is_narrowed_to_a_use_a_model_and_a_skill(caller: Caller) -> None:
    made(caller, name="A", model="claude-x", allowed_tools=["data.pick"])
    made(caller, name="B", model="claude-x", allowed_tools=["http"])
    made(caller, name="C")

    found = read(caller.get("/agents?use=unused&model=claude-x&skill=data"))["items"]

    assert [agent["name"] for agent in found] == ["A"]
    assert read(caller.get("/agents?use=shared"))["items"] == []
    refused(caller.get("/agents?use=often"), 422, "invalid_input")


def test_a_list_is_narrowed_to_what_costs_much(caller: Caller, workspace: Workspace) -> None:
    made(caller, name="Cheap")
    made(caller, name="Dear")
    run = make_run(make_score(workspace))
    for name, cost in {"cheap": 999, "dear": 1_000}.items():
        make_node(run, name, agent_id=Agent.objects.get(slug=name).pk, cost_microdollars=cost)

    found = read(caller.get("/agents?cost_from=1000"))["items"]

    assert [(agent["name"], agent["cost_microdollars"]) for agent in found] == [("Dear", 1_000)]
    refused(caller.get("/agents?cost_from=-1"), 422, "invalid_input")


def test_versions_are_compared(caller: Caller) -> None:
    path = made(caller, system_prompt="Be kind.", model="claude-x")
    read(caller.patch(path, {"system_prompt": "Be brief.", "model": None}, If_Match="*"))

    said = read(caller.get(f"{path}/comparison?before=1&after=2"))

    assert said == {
        "prompt": [
            {"change": "same", "text": "Be "},
            {"change": "removed", "text": "kind"},
            {"change": "added", "text": "brief"},
            {"change": "same", "text": "."},
        ],
        "settings": [{"field": "model", "before": "claude-x", "after": None}],
    }
    refused(caller.get(f"{path}/comparison?before=1&after=3"), 404, "not_found")
    refused(caller.get(f"{path}/comparison?before=1"), 422, "invalid_input")


def test_an_old_version_is_restored_by_one_call(caller: Caller, stranger: Caller) -> None:
    path = made(caller)
    read(caller.patch(path, {"system_prompt": "Other."}, If_Match="*"))
    restore = f"{path}/versions/1/restore"

    refused(caller.post(restore), 428, "precondition_required")
    refused(caller.post(restore, If_Match='"1"'), 412, "stale_version")
    refused(stranger.post(restore, If_Match="*"), 404, "not_found")
    answer = caller.post(restore, If_Match='"2"')

    said = read(answer)
    assert (said["version"], said["system_prompt"]) == (3, AGENT["system_prompt"])
    assert answer.headers["ETag"] == '"3"'
    assert read(caller.get(f"{path}/versions/3"))["note"] == "Restored v1"
    refused(caller.post(f"{path}/versions/9/restore", If_Match="*"), 404, "not_found")


def test_a_copy_says_of_what_it_is_one_and_of_nobody_elses(
    caller: Caller, workspace: Workspace
) -> None:
    source = make_agent(workspace)
    copied = read(caller.post("/agents", {**AGENT, "source_agent_id": source.pk}), 201)
    assert copied["source_agent_id"] == source.pk
    assert Agent.objects.get(pk=copied["id"]).source_version == 1
    elsewhere = {**AGENT, "source_agent_id": "ag_elsewhere"}
    refused(caller.post("/agents", elsewhere), 404, "not_found")
