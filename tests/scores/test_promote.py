"""Old scores, with their prompts inline."""

from typing import Any

import pytest

from agents.models import Agent
from maestro.errors import InvalidInput, InvalidScore
from maestro.workspaces.models import Workspace
from scores.actions import Promoted, promote_score
from scores.models import Score
from tests.factories import AUTHOR, make_agent, make_workspace

pytestmark = pytest.mark.django_db

THINK = {
    "id": "nd_17",
    "key": "draft_opener",
    "kind": "llm",
    "system_prompt": "Write an opener.",
    "model": "claude-x",
    "tools": ["http"],
}


@pytest.fixture
def workspace() -> Workspace:
    return make_workspace()


def promoted(workspace: Workspace, *nodes: dict[str, Any], name: str = "Leads") -> Promoted:
    pick = {"id": "nd_1", "key": "pick", "kind": "deterministic", "skill": "data"}
    written = {"nodes": [{**pick, "operation": "pick"}, *nodes], "edges": []}
    return promote_score(workspace, {"name": name}, written, author="ada")


def test_an_inline_prompt_becomes_an_agent_named_by_its_node(workspace: Workspace) -> None:
    done = promoted(workspace, THINK)

    agent = Agent.objects.get()
    assert done.created == {"draft_opener": agent}
    assert (agent.pk, agent.name, agent.slug) == ("ag_nd_17", "Draft opener", "draft-opener")
    assert (agent.system_prompt, agent.model, agent.allowed_tools) == (
        "Write an opener.",
        "claude-x",
        ["http"],
    )
    assert agent.versions.get().note == "Promoted from leads, node draft_opener"
    assert done.saved.score.version == 1
    assert done.saved.score.nodes.get(key="draft_opener").agent == agent


def test_identical_agents_are_reused_in_the_document_and_from_before(workspace: Workspace) -> None:
    there = make_agent(workspace, system_prompt="Judge.", allowed_tools=None)
    make_agent(make_workspace(), system_prompt="Write an opener.", model="claude-x")
    judge = {"key": "judge", "kind": "llm", "system_prompt": "Judge.", "allowed_tools": []}
    again = {**THINK, "id": "nd_18", "key": "again", "label": "Again"}
    cheaper = {**THINK, "id": "nd_19", "key": "cheaper", "model": "claude-y"}

    done = promoted(workspace, THINK, again, cheaper, judge)

    assert done.reused == {"again": done.created["draft_opener"], "judge": there}
    assert done.created.keys() == {"draft_opener", "cheaper"}
    second = promoted(workspace, THINK, name="Second")
    assert (second.created, list(second.reused)) == ({}, ["draft_opener"])


def test_an_id_that_is_taken_is_not_taken_again(workspace: Workspace) -> None:
    promoted(make_workspace(), THINK)

    made = promoted(workspace, THINK).created["draft_opener"]

    assert made.pk != "ag_nd_17"
    assert made.workspace == workspace


def test_a_node_without_an_id_is_named_by_score_and_key(workspace: Workspace) -> None:
    nameless = {name: value for name, value in THINK.items() if name != "id"}

    assert promoted(workspace, nameless).created["draft_opener"].pk == "ag_nd_leads_draft_opener"


def test_a_node_that_names_an_agent_keeps_it(workspace: Workspace) -> None:
    agent = make_agent(workspace)

    done = promoted(workspace, {**THINK, "agent_id": agent.pk})

    assert (done.created, done.reused) == ({}, {})
    assert done.saved.score.nodes.get(key="draft_opener").agent == agent


@pytest.mark.parametrize(
    "fault",
    [
        {"system_prompt": ""},
        {"system_prompt": 5},
        {"system_prompt": "half \ud800"},
        {"system_prompt": "no \x00"},
        {"tools": ["nothing.there"]},
        {"tools": "http"},
        {"model": 5},
        {"parameters": [1]},
        {"parameters": 5},
        {"output_schema": {"type": "array"}},
        {"id": "a b"},
        {"key": "No Key"},
        {"colour": "red"},
    ],
)
def test_what_cannot_be_taken_leaves_nothing_behind(
    workspace: Workspace, fault: dict[str, Any]
) -> None:
    with pytest.raises((InvalidInput, InvalidScore)):
        promoted(workspace, {**THINK, **fault})

    assert (Score.objects.count(), Agent.objects.count()) == (0, 0)


@pytest.mark.parametrize("written", [{}, {"nodes": 1}, {"nodes": [1]}, {"nodes": [], "more": 1}])
def test_what_is_no_graph_is_refused(workspace: Workspace, written: dict[str, Any]) -> None:
    with pytest.raises((InvalidInput, InvalidScore)):
        promote_score(workspace, {"name": "x"}, written, author=AUTHOR)
