"""A clone is a score of its own, down to its agents."""

from unittest.mock import patch

import pytest

from agents.actions import save_agent
from agents.models import Agent
from maestro.errors import Conflict, InvalidScore
from maestro.workspaces.models import AuditEntry, Workspace
from scores.actions import clone_score, create_score, read_graph
from scores.models import Edge, Node, Score
from tests.factories import AUTHOR, make_agent, make_score, make_workspace
from tests.scores.graphs import edge, graph, llm, map_over, step

pytestmark = pytest.mark.django_db


@pytest.fixture
def workspace() -> Workspace:
    return make_workspace()


def test_a_clone_has_the_graph_and_its_own_agents(workspace: Workspace) -> None:
    shortlist, opener = (make_agent(workspace, name=name) for name in ("Shortlist", "Opener"))
    document = graph(
        step("find", position={"x": 3.0, "y": 4.0}),
        llm("pick", agent_id=shortlist.pk, label="Pick"),
        map_over("each", "write", "check"),
        llm("write", agent_id=opener.pk),
        llm("check", agent_id=opener.pk),
        "find -> pick",
        edge("pick -> each", transform={"shortlist": "items"}),
        "each.item -> write",
        "write -> check",
    )
    source = make_score(workspace, document, name="Cold leads", pipeline_kind="outreach")

    clone = clone_score(source, author="ada")

    assert (clone.name, clone.slug, clone.version) == ("Cold leads (copy)", "cold-leads-copy", 1)
    assert (clone.source_score_id, clone.pipeline_kind) == (source.pk, "outreach")
    copies = {agent.source_agent_id: agent for agent in Agent.objects.exclude(source_agent=None)}
    assert copies.keys() == {shortlist.pk, opener.pk}
    assert {agent.slug for agent in copies.values()} == {"shortlist-copy", "opener-copy"}
    cloned, original = read_graph(clone), read_graph(source)
    agents = {node.key: node.agent_id for node in cloned.nodes}
    assert agents["pick"] == copies[shortlist.pk].pk
    assert agents["write"] == agents["check"] == copies[opener.pk].pk
    as_before = [
        node.model_copy(update={"agent_id": old.agent_id})
        for node, old in zip(cloned.nodes, original.nodes, strict=True)
    ]
    assert (as_before, cloned.edges) == (original.nodes, original.edges)
    assert not set(clone.nodes.values_list("pk")) & set(source.nodes.values_list("pk"))
    assert AuditEntry.objects.filter(action="score.created", object_id=clone.pk).exists()


def test_an_edit_in_the_clone_leaves_the_source_as_it_is(workspace: Workspace) -> None:
    agent = make_agent(workspace, system_prompt="old")
    source = make_score(workspace, graph(llm("think", agent_id=agent.pk)))

    clone = clone_score(source, author=AUTHOR)
    own = clone.nodes.get().agent
    assert own is not None
    save_agent(own, {"system_prompt": "new"}, author=AUTHOR)

    agent.refresh_from_db()
    source.refresh_from_db()
    assert (agent.system_prompt, agent.version, source.version) == ("old", 1, 1)


def test_the_second_clone_is_numbered_and_so_are_its_agents(workspace: Workspace) -> None:
    agent = make_agent(workspace, name="Shortlist")
    source = make_score(workspace, graph(llm("think", agent_id=agent.pk)), name="Leads")

    clones = [clone_score(source, author=AUTHOR) for _ in range(2)]

    assert [clone.slug for clone in clones] == ["leads-copy", "leads-copy-2"]
    agents = [clone.nodes.get().agent for clone in clones]
    assert [agent and agent.slug for agent in agents] == ["shortlist-copy", "shortlist-copy-2"]


def test_a_node_pinned_to_an_old_version_plays_the_same_words_in_the_clone(
    workspace: Workspace,
) -> None:
    agent = make_agent(workspace, system_prompt="one")
    for prompt in ("two", "three"):
        save_agent(agent, {"system_prompt": prompt}, author=AUTHOR)
    nodes = [llm("old", agent_id=agent.pk, agent_version=2), llm("new", agent_id=agent.pk)]
    clone = clone_score(make_score(workspace, graph(*nodes)), author=AUTHOR)

    old, new = clone.nodes.order_by("order")
    assert old.agent and old.agent_id == new.agent_id
    assert old.agent.versions.get(version=old.agent_version or 0).content["system_prompt"] == "two"
    assert (new.agent_version, old.agent.system_prompt) == (None, "three")


def test_drafts_and_the_mark_of_a_template_are_not_cloned(workspace: Workspace) -> None:
    source = make_score(workspace)
    Score.objects.filter(pk=source.pk).update(draft={"nodes": []}, is_template=True)

    clone = clone_score(source, author=AUTHOR)

    assert (clone.draft, clone.is_template) == (None, False)


def test_a_score_without_a_graph_is_cloned_without_one(workspace: Workspace) -> None:
    source = create_score(workspace, {"name": "Empty"}, author=AUTHOR)

    assert clone_score(source, author=AUTHOR).version == 0


def test_a_clone_that_fails_leaves_nothing_behind(workspace: Workspace) -> None:
    agent = make_agent(workspace)
    source = make_score(workspace, graph(llm("think", agent_id=agent.pk), step("go")))
    source.nodes.filter(key="go").update(operation="gone")

    with pytest.raises(InvalidScore):
        clone_score(source, author=AUTHOR)
    with (
        patch("scores.actions.clone.save_graph", side_effect=Conflict("now")),
        pytest.raises(Conflict),
    ):
        clone_score(source, author=AUTHOR)

    assert [Score.objects.count(), Agent.objects.count()] == [1, 1]
    assert [Node.objects.count(), Edge.objects.count()] == [2, 0]
