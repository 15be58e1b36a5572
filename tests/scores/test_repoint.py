"""Who plays a score's nodes changes without drawing its graph anew."""

import pytest

from agents.actions import save_agent
from agents.models import Agent
from maestro.errors import InvalidInput, InvalidScore, NotFound, StaleVersion
from maestro.workspaces.models import Workspace
from scores.actions import create_agent_for_node, fork_agent, pin_agent
from scores.models import Score
from tests.factories import AUTHOR, make_agent, make_score, make_workspace
from tests.scores.graphs import graph, llm, step

pytestmark = pytest.mark.django_db


@pytest.fixture
def workspace() -> Workspace:
    return make_workspace()


@pytest.fixture
def agent(workspace: Workspace) -> Agent:
    """At version 2, with another prompt than at version 1."""
    agent = make_agent(workspace, name="Classify", system_prompt="one")
    return save_agent(agent, {"system_prompt": "two"}, author=AUTHOR)


@pytest.fixture
def other(workspace: Workspace) -> Agent:
    return make_agent(workspace, name="Other")


@pytest.fixture
def score(workspace: Workspace, agent: Agent, other: Agent) -> Score:
    nodes = [llm("a", agent_id=agent.pk), llm("b", agent_id=agent.pk), llm("c", agent_id=other.pk)]
    return make_score(workspace, graph(step("go"), *nodes, "go -> a", "a -> b", "b -> c"))


def players(score: Score) -> dict[str, tuple[str | None, int | None]]:
    nodes = score.nodes.filter(kind="llm")
    return {node.key: (node.agent_id, node.agent_version) for node in nodes}


def test_a_pinned_score_keeps_the_version_and_can_follow_again(
    score: Score, agent: Agent, other: Agent
) -> None:
    pinned = pin_agent(score, agent, 1, author="ada")

    assert pinned.score.version == 2
    assert players(score) == {"a": (agent.pk, 1), "b": (agent.pk, 1), "c": (other.pk, None)}
    assert score.versions.get(version=2).message == "Classify stays at v1"
    assert pin_agent(score, agent, None, author="ada").score.version == 3
    assert players(score)["a"] == (agent.pk, None)
    assert score.edges.count() == 3


def test_a_version_that_is_not_there_is_refused(score: Score, agent: Agent) -> None:
    with pytest.raises(InvalidScore):
        pin_agent(score, agent, 9, author=AUTHOR)
    with pytest.raises(NotFound):
        pin_agent(score, make_agent(score.workspace), 1, author=AUTHOR)
    with pytest.raises(StaleVersion):
        pin_agent(score, agent, 1, author=AUTHOR, expected_version=7)


def test_a_fork_plays_this_score_only(score: Score, agent: Agent, other: Agent) -> None:
    bystander = make_score(score.workspace, graph(llm("x", agent_id=agent.pk)))

    own = fork_agent(score, agent, author="ada").agent

    assert (own.slug, own.source_agent_id, own.system_prompt) == ("classify-copy", agent.pk, "two")
    assert players(score) == {"a": (own.pk, None), "b": (own.pk, None), "c": (other.pk, None)}
    assert players(bystander) == {"x": (agent.pk, None)}
    bystander.refresh_from_db()
    assert bystander.version == 1


def test_a_fork_of_a_pinned_node_says_what_the_node_said(score: Score, agent: Agent) -> None:
    pin_agent(score, agent, 1, author=AUTHOR)

    own = fork_agent(score, agent, author=AUTHOR).agent

    assert players(score)["a"] == (own.pk, 1)
    assert own.versions.get(version=1).content["system_prompt"] == "one"


def test_a_fork_that_comes_too_late_makes_no_agent(score: Score, agent: Agent) -> None:
    with pytest.raises(StaleVersion):
        fork_agent(score, agent, author=AUTHOR, expected_version=0)

    assert not Agent.objects.filter(source_agent=agent).exists()


def test_a_new_agent_is_made_for_a_node(score: Score, agent: Agent, other: Agent) -> None:
    fields = {"name": "Judge", "system_prompt": "Judge."}

    own = create_agent_for_node(score, "b", fields, author="ada")  # type: ignore[arg-type]

    assert (own.agent.slug, own.saved.score.version) == ("judge", 2)
    assert players(score) == {
        "a": (agent.pk, None),
        "b": (own.agent.pk, None),
        "c": (other.pk, None),
    }


@pytest.mark.parametrize("key", ["go", "nobody"])
def test_only_llm_nodes_are_played_by_agents(score: Score, key: str) -> None:
    with pytest.raises(InvalidInput, match=key):
        create_agent_for_node(score, key, {"name": "x", "system_prompt": "y"}, author=AUTHOR)

    assert not Agent.objects.filter(name="x").exists()


def test_a_draft_is_kept_and_follows(score: Score, agent: Agent) -> None:
    drawn = [
        {"key": "a", "agent_id": agent.pk, "label": "mine"},
        {"key": "b", "agent_id": "ag_else"},
        {"key": "new"},
    ]
    Score.objects.filter(pk=score.pk).update(draft={"nodes": drawn, "edges": [1]})

    pin_agent(score, agent, 1, author=AUTHOR)

    score.refresh_from_db()
    assert score.draft == {
        "nodes": [{**drawn[0], "agent_version": 1}, drawn[1], drawn[2]],
        "edges": [1],
    }
