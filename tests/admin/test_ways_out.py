"""Beside the forms: versions compared and restored, scores pinned, forked, swapped, cloned, duplicates merged."""

import pytest
from django.test import Client
from django.urls import reverse

from agents.actions import save_agent
from agents.models import Agent
from maestro.workspaces.models import Role
from scores.models import Score
from tests.admin.conftest import SignIn, World
from tests.admin.pages import list_page, page
from tests.admin.rows import make_node
from tests.factories import AUTHOR, make_agent, make_score
from tests.scores.graphs import graph, llm

DEEDS = ["restore_agent", "pin_agent", "follow_agent", "fork_agent", "swap_agent", "merge_agents"]


@pytest.fixture
def client(sign_in: SignIn) -> Client:
    return sign_in(Role.EDITOR)


def do(client: Client, name: str, pk: str, **sent: object) -> str:
    """What the page says that the deed leads to."""
    answer = client.post(reverse(f"admin:{name}", args=[pk]), sent, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def player(score: Score) -> tuple[str | None, int | None]:
    node = score.nodes.get(kind="llm")
    return node.agent_id, node.agent_version


def test_two_versions_are_shown_side_by_side_and_the_old_one_restored(
    client: Client, world: World
) -> None:
    changed = {"system_prompt": "Answer at length.", "model": "claude-x"}
    save_agent(world.agent, changed, author=AUTHOR)  # type: ignore[arg-type]

    address = reverse("admin:compare_agent", args=[world.agent.pk])
    shown = client.get(address).content.decode()

    assert "<del>briefly</del><ins>at length</ins>" in shown
    assert "claude-x" in shown
    assert address in client.get(page(world.agent)).content.decode()
    assert "v3 says what v1 said" in do(client, "restore_agent", world.agent.pk, version=1)
    world.agent.refresh_from_db()
    assert (world.agent.version, world.agent.system_prompt) == (3, "Answer briefly.")
    assert client.get(f"{address}?before=9").status_code == 404
    assert "has no version 7" in do(client, "restore_agent", world.agent.pk, version=7)


def test_the_reach_is_told_in_numbers(client: Client, world: World) -> None:
    make_node(world.run, "think", agent_id=world.agent.pk, cost_microdollars=50_000)

    shown = " ".join(client.get(page(world.agent)).content.decode().split())

    assert '<b>$1.50</b><div class="ms-cap">a month</div>' in shown
    assert '<b>1</b><div class="ms-cap">runs a day</div>' in shown
    assert f"Last saved by {AUTHOR}" in shown


def test_a_score_is_pinned_and_follows_again_from_the_agents_page(
    client: Client, world: World
) -> None:
    said = do(client, "pin_agent", world.agent.pk, score=world.score.pk)

    assert "Alder score keeps v1 of Alder agent" in said
    assert "think keeps v1" in said
    assert "Saving will apply" not in said
    assert player(world.score) == (world.agent.pk, 1)
    assert "Save v2</button>" in said
    do(client, "follow_agent", world.agent.pk, score=world.score.pk)
    assert player(world.score) == (world.agent.pk, None)


def test_an_agent_is_forked_for_a_score(client: Client, world: World) -> None:
    said = do(client, "fork_agent", world.agent.pk, score=world.score.pk)

    own = Agent.objects.get(source_agent=world.agent)
    assert "Alder agent (copy)" in said
    assert player(world.score) == (own.pk, None)
    assert "does not play" in do(client, "fork_agent", world.agent.pk, score=world.score.pk)


def test_a_swap_is_looked_at_and_done_for_the_scores_marked(client: Client, world: World) -> None:
    schema = {"type": "object", "properties": {"why": {"type": "string"}}}
    save_agent(world.agent, {"output_schema": schema}, author=AUTHOR)
    new = make_agent(world.workspace, name="Better")
    document = graph(llm("x", agent_id=world.agent.pk))
    other = make_score(world.workspace, document, name="Second score")
    address = reverse("admin:swap_agent", args=[world.agent.pk])

    assert "Better" in client.get(address).content.decode()
    shown = client.get(f"{address}?to={new.pk}").content.decode()
    for words in ("Better does not answer why.", "Second score", "v1 to v2", "output_schema"):
        assert words in shown
    said = do(client, "swap_agent", world.agent.pk, to=new.pk, score=[f"{other.pk}@1"])

    assert "Better plays in Second score" in said
    assert (player(other)[0], player(world.score)[0]) == (new.pk, world.agent.pk)
    stale = do(client, "swap_agent", world.agent.pk, to=new.pk, score=[f"{world.score.pk}@7"])
    assert "is at version 1, not 7" in stale


def test_duplicates_are_shown_and_merged(client: Client, world: World) -> None:
    twin = make_agent(world.workspace, name="Twin", system_prompt=world.agent.system_prompt)
    document = graph(llm("x", agent_id=twin.pk), llm("y", agent_id=twin.pk))
    score = make_score(world.workspace, document)
    address = reverse("admin:duplicate_agents")

    assert address in client.get(list_page(Agent)).content.decode()
    shown = client.get(address).content.decode()
    assert "Twin" in shown and "identical" in shown
    assert "1 line of prompts to save, 1 node to hand over" in shown
    said = do(client, "merge_agents", twin.pk, agent=[world.agent.pk])

    assert "Twin plays in Alder score from the next run on." in said
    assert player(world.score) == (twin.pk, None)
    assert score.nodes.count() == 2


def test_a_score_is_cloned_by_a_button(client: Client, world: World) -> None:
    address = reverse("admin:clone_score", args=[world.score.pk])
    assert address in client.get(page(world.score)).content.decode()

    said = do(client, "clone_score", world.score.pk)

    clone = Score.objects.get(source_score=world.score)
    assert "Alder score (copy)" in said
    assert player(clone)[0] != world.agent.pk
    clone.nodes.filter(kind="deterministic").update(operation="gone")
    assert "gone" in do(client, "clone_score", clone.pk)
    assert Score.objects.count() == 2


def test_agents_are_listed_by_use_model_and_skill(client: Client, world: World) -> None:
    make_agent(world.workspace, name="Idle", model="claude-x", allowed_tools=["data"])

    def listed(query: str) -> list[str]:
        rows = client.get(f"{list_page(Agent)}?{query}").context["cl"].result_list
        return [agent.name for agent in rows]

    assert listed("use=unused") == ["Idle"]
    assert listed("use=single_use") == ["Alder agent"]
    assert listed("use=shared") == []
    assert listed("cost=1000000") == []
    assert listed("model=claude-x") == listed("skill=data") == ["Idle"]
    assert listed(f"model={world.workspace.default_model}") == ["Alder agent"]


@pytest.mark.parametrize("name", [*DEEDS, "clone_score"])
def test_a_viewer_can_look_and_do_nothing(name: str, world: World, sign_in: SignIn) -> None:
    row = world.score if name == "clone_score" else world.agent
    viewer = sign_in(Role.VIEWER)

    assert viewer.post(reverse(f"admin:{name}", args=[row.pk])).status_code == 403
    assert viewer.get(reverse("admin:swap_agent", args=[world.agent.pk])).status_code == 200
    assert viewer.get(reverse("admin:duplicate_agents")).status_code == 200
    assert "Fork</button>" not in viewer.get(page(world.agent)).content.decode()


@pytest.mark.parametrize("name", [*DEEDS, "clone_score"])
def test_rows_of_another_workspace_are_not_there(
    name: str, client: Client, world: World, elsewhere: World
) -> None:
    rows = (
        (elsewhere.score, world.score) if name == "clone_score" else (elsewhere.agent, world.agent)
    )
    sent = {"score": elsewhere.score.pk, "to": elsewhere.agent.pk, "version": 1}

    assert client.post(reverse(f"admin:{name}", args=[rows[0].pk]), sent).status_code == 404
    if name in ("pin_agent", "follow_agent", "fork_agent", "swap_agent"):
        assert client.post(reverse(f"admin:{name}", args=[rows[1].pk]), sent).status_code == 404
    for looked in ("compare_agent", "swap_agent"):
        assert client.get(reverse(f"admin:{looked}", args=[elsewhere.agent.pk])).status_code == 404


@pytest.mark.parametrize("name", [*[deed for deed in DEEDS if deed != "swap_agent"], "clone_score"])
def test_a_link_alone_does_nothing(name: str, client: Client, world: World) -> None:
    row = world.score if name == "clone_score" else world.agent
    assert client.get(reverse(f"admin:{name}", args=[row.pk])).status_code == 405
