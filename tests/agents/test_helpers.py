"""Agents as tools of agents, in the catalog: what is refused, what is in use, what a copy calls."""

from typing import Any

import pytest

from agents.actions import delete_agent, restore_version, save_agent
from agents.models import Agent
from maestro.errors import InUse, InvalidInput
from maestro.workspaces.models import Workspace
from runs.reach import reach_of
from scores.actions import clone_score
from tests.factories import make_agent, make_score, make_workspace
from tests.scores.graphs import graph, llm

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> Workspace:
    return make_workspace()


def agent(home: Workspace, slug: str, *helpers: str) -> Agent:
    tools = [f"agent:{helper}" for helper in helpers]
    return make_agent(home, name=slug.title(), slug=slug, allowed_tools=tools)


def let_call(caller: Agent, *helpers: str) -> Agent:
    tools = [f"agent:{helper}" for helper in helpers]
    return save_agent(caller, {"allowed_tools": tools}, author="ada")


def test_an_agent_that_is_not_there_cannot_be_called(home: Workspace) -> None:
    make_agent(make_workspace(), slug="elsewhere")
    with pytest.raises(InvalidInput, match="There is no agent elsewhere"):
        agent(home, "lead", "elsewhere")


def test_no_circle_is_saved_from_either_end(home: Workspace) -> None:
    first = agent(home, "first")
    agent(home, "second", "first")
    agent(home, "third", "second")

    for helper in ("first", "second", "third"):
        with pytest.raises(InvalidInput, match=f"circle: first → {helper}"):
            let_call(first, helper)


def test_depth_is_bounded_from_either_end(home: Workspace) -> None:
    for slug, *helpers in (("d",), ("c", "d"), ("b", "c"), ("a", "b")):
        agent(home, slug, *helpers)
    with pytest.raises(InvalidInput, match="4 levels"):
        agent(home, "top", "a")
    agent(home, "e")
    with pytest.raises(InvalidInput, match="4 levels"):
        let_call(Agent.objects.get(slug="d"), "e")


def test_a_called_agent_is_in_use_and_keeps_its_slug(home: Workspace) -> None:
    helper, lead = agent(home, "helper"), agent(home, "lead", "helper")

    with pytest.raises(InUse) as refusal:
        delete_agent(helper, author="ada")
    used_by: Any = refusal.value.details["used_by"]
    assert [(use["type"], use["id"]) for use in used_by] == [("agent", lead.pk)]
    with pytest.raises(InvalidInput, match="The slug stays helper"):
        save_agent(helper, {"slug": "renamed"}, author="ada")
    assert helper not in Agent.objects.unused()

    let_call(lead)
    assert helper in Agent.objects.unused()
    delete_agent(helper, author="ada")


def test_a_version_that_a_node_is_pinned_to_still_calls_it(home: Workspace) -> None:
    helper, lead = agent(home, "helper"), agent(home, "lead", "helper")
    make_score(home, graph(llm("think", agent_id=lead.pk, agent_version=1)))
    let_call(lead)

    with pytest.raises(InUse):
        delete_agent(helper, author="ada")


def test_an_old_version_whose_helper_is_gone_is_not_restored(home: Workspace) -> None:
    helper, lead = agent(home, "helper"), agent(home, "lead", "helper")
    let_call(lead)
    delete_agent(helper, author="ada")

    with pytest.raises(InvalidInput, match="There is no agent helper"):
        restore_version(lead, 1, author="ada")


def test_a_change_reaches_the_scores_of_its_callers(home: Workspace) -> None:
    helper = agent(home, "helper")
    agent(home, "middle", "helper")
    lead = agent(home, "lead", "middle")
    score = make_score(home, graph(llm("think", agent_id=lead.pk)))

    (played,) = reach_of(helper).scores

    assert (played.score, played.nodes, played.called_by) == (score, ["think"], ["Lead"])


def test_a_clone_calls_copies_one_for_each_helper(home: Workspace) -> None:
    agent(home, "deep")
    agent(home, "helper", "deep")
    one, two = agent(home, "one", "helper"), agent(home, "two", "helper", "deep")
    score = make_score(home, graph(llm("a", agent_id=one.pk), llm("b", agent_id=two.pk)))

    clone_score(score, author="ada")

    tools = dict(Agent.objects.filter(slug__endswith="-copy").values_list("slug", "allowed_tools"))
    assert tools == {
        "deep-copy": [],
        "helper-copy": ["agent:deep-copy"],
        "one-copy": ["agent:helper-copy"],
        "two-copy": ["agent:helper-copy", "agent:deep-copy"],
    }
