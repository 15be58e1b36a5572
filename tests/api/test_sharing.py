"""Agents in the scores that share them, over REST."""

import pytest

from agents.actions import save_agent
from agents.models import Agent
from maestro.workspaces.models import Workspace
from scores.models import Score
from tests.factories import AUTHOR, make_agent, make_score
from tests.scores.graphs import graph, llm

from .callers import Caller, read, refused


@pytest.fixture
def agent(workspace: Workspace) -> Agent:
    agent = make_agent(workspace, name="Classify", system_prompt="one")
    return save_agent(agent, {"system_prompt": "two"}, author=AUTHOR)


@pytest.fixture
def score(workspace: Workspace, agent: Agent) -> Score:
    return make_score(workspace, graph(llm("think", agent_id=agent.pk)), name="Triage")


def player(score: Score) -> str | None:
    return score.nodes.get().agent_id


def test_a_score_is_cloned_by_one_call(caller: Caller, stranger: Caller, score: Score) -> None:
    answer = caller.post(f"/scores/{score.pk}/clone")
    said = read(answer, 201)

    assert answer.headers["Location"] == f"/api/v1/scores/{said['id']}"
    assert (said["name"], said["slug"], said["version"], said["source_score_id"]) == (
        "Triage (copy)",
        "triage-copy",
        1,
        score.pk,
    )
    assert read(caller.post(f"/scores/{score.pk}/clone"), 201)["slug"] == "triage-copy-2"
    refused(stranger.post(f"/scores/{score.pk}/clone"), 404, "not_found")
    drawing_only = Caller.of(score.workspace, "score:read", "score:write")
    refused(drawing_only.post(f"/scores/{score.pk}/clone"), 403, "forbidden")
    refused(caller.post("/scores/sc_none/clone"), 404, "not_found")


def test_a_score_is_pinned_to_an_old_version(caller: Caller, score: Score, agent: Agent) -> None:
    path = f"/scores/{score.pk}/agents/{agent.pk}/pin"

    refused(caller.post(path, {"version": 1}), 428, "precondition_required")
    answer = caller.post(path, {"version": 1}, If_Match='"1"')

    said = read(answer)
    assert (said["version"], answer.headers["ETag"]) == (2, '"2"')
    assert said["nodes"][0]["agent_version"] == 1
    refused(caller.post(path, {"version": None}, If_Match='"1"'), 412, "stale_version")
    refused(caller.post(path, {"version": 9}, If_Match='"2"'), 422, "invalid_score")
    refused(caller.post(path, {}, If_Match='"2"'), 422, "invalid_input")


def test_an_agent_is_forked_for_one_score(caller: Caller, score: Score, agent: Agent) -> None:
    path = f"/scores/{score.pk}/agents/{agent.pk}/fork"

    answer = caller.post(path, If_Match='"1"')

    said = read(answer, 201)
    assert answer.headers["Location"] == f"/api/v1/agents/{said['id']}"
    assert (said["slug"], said["source_agent_id"]) == ("classify-copy", agent.pk)
    assert player(score) == said["id"]
    refused(caller.post(path, If_Match="*"), 404, "not_found")


def test_an_agent_is_made_at_a_node(caller: Caller, score: Score) -> None:
    path = f"/scores/{score.pk}/nodes/think/agent"
    body = {"name": "Judge", "system_prompt": "Judge."}

    refused(caller.post(path, body), 428, "precondition_required")
    said = read(caller.post(path, body, If_Match='"1"'), 201)

    assert (said["name"], player(score)) == ("Judge", said["id"])
    missing = f"/scores/{score.pk}/nodes/other/agent"
    refused(caller.post(missing, body, If_Match="*"), 422, "invalid_input")


def test_an_agent_is_swapped_after_a_look(
    caller: Caller, workspace: Workspace, score: Score, agent: Agent
) -> None:
    new = make_agent(workspace, system_prompt="two", model="claude-x")
    path = f"/agents/{agent.pk}/swap"

    shown = read(caller.get(f"{path}?to={new.pk}"))

    assert [part["change"] for part in shown["comparison"]["prompt"]] == ["same"]
    assert shown["missing_fields"] == []
    assert shown["scores"] == [
        {
            "score_id": score.pk,
            "name": "Triage",
            "version": 1,
            "nodes": [{"key": "think", "label": "", "agent_version": None}],
            "issues": [],
        }
    ]
    refused(caller.post(path, {"to": new.pk, "scores": {score.pk: 2}}), 412, "stale_version")
    refused(caller.post(path, {"to": new.pk, "scores": {}}), 422, "invalid_input")
    said = caller.post(path, {"to": new.pk, "scores": {score.pk: 1}})
    assert read(said) == {"scores": [{"score_id": score.pk, "version": 2}]}
    assert player(score) == new.pk


def test_duplicates_are_merged(
    caller: Caller, workspace: Workspace, score: Score, agent: Agent
) -> None:
    keep = make_agent(workspace)
    path = f"/agents/{keep.pk}/merge"

    refused(caller.post(path, {"agents": ["ag_none"]}), 404, "not_found")
    refused(caller.post(path, {"agents": [keep.pk]}), 422, "invalid_input")
    said = read(caller.post(path, {"agents": [agent.pk]}))

    assert said == {"scores": [{"score_id": score.pk, "version": 2}], "left": []}
    assert player(score) == keep.pk


def test_who_may_not_make_agents_makes_none(
    workspace: Workspace, score: Score, agent: Agent
) -> None:
    for scope in ("score:write", "agent:write"):
        caller = Caller.of(workspace, scope)
        fork = caller.post(f"/scores/{score.pk}/agents/{agent.pk}/fork", If_Match="*")
        refused(fork, 403, "forbidden")
    assert Agent.objects.count() == 1


def test_agents_and_scores_of_another_workspace_are_not_there(
    stranger: Caller, workspace: Workspace, score: Score, agent: Agent
) -> None:
    other = make_agent(workspace)
    body = {"name": "Judge", "system_prompt": "Judge."}
    for answer in (
        stranger.post(f"/scores/{score.pk}/agents/{agent.pk}/pin", {"version": 1}, If_Match="*"),
        stranger.post(f"/scores/{score.pk}/agents/{agent.pk}/fork", If_Match="*"),
        stranger.post(f"/scores/{score.pk}/nodes/think/agent", body, If_Match="*"),
        stranger.get(f"/agents/{agent.pk}/swap?to={other.pk}"),
        stranger.post(f"/agents/{agent.pk}/swap", {"to": other.pk, "scores": {score.pk: 1}}),
        stranger.post(f"/agents/{other.pk}/merge", {"agents": [agent.pk]}),
    ):
        refused(answer, 404, "not_found")
    assert player(score) == agent.pk


def test_duplicates_are_listed_with_what_a_merge_would_save(
    caller: Caller, stranger: Caller, workspace: Workspace, score: Score, agent: Agent
) -> None:
    other = make_agent(workspace, name="Twin", system_prompt="two")

    said = read(caller.get("/agents/duplicates"))

    assert said == {
        "items": [
            {
                "keep": {"id": agent.pk, "name": "Classify", "nodes": 1},
                "duplicates": [
                    {
                        "id": other.pk,
                        "name": "Twin",
                        "likeness": 1,
                        "differs": [],
                        "identical": True,
                        "nodes": 0,
                        "source_agent_id": None,
                    }
                ],
                "nodes": 0,
                "prompt_lines": 1,
            }
        ],
        "next_cursor": None,
    }
    assert read(stranger.get("/agents/duplicates"))["items"] == []


def test_an_old_score_is_promoted(caller: Caller) -> None:
    node = {"id": "nd_1", "key": "think", "kind": "llm", "system_prompt": "Think."}
    body = {"name": "Old", "graph": {"nodes": [node], "edges": []}}

    answer = caller.post("/promotions", body)

    said = read(answer, 201)
    assert (said["created"], said["reused"]) == ({"think": "ag_nd_1"}, {})
    assert answer.headers["Location"] == f"/api/v1/scores/{said['score']['id']}"
    again = read(caller.post("/promotions", body), 201)
    assert (again["reused"], again["score"]["slug"]) == ({"think": "ag_nd_1"}, "old-2")
    refused(caller.post("/promotions", {"name": "x", "graph": {}}), 422, "invalid_input")
