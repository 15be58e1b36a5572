"""Runs of subscores on the pages: one leads to the other, and lists have one line per fire."""

import pytest
from django.test import Client
from django.urls import reverse

from maestro.workspaces.models import Role
from runs.models import Run, Trigger
from scores.models import Score
from tests.admin.conftest import SignIn, World
from tests.admin.pages import list_page, page, sent_by
from tests.admin.rows import make_node, make_run
from tests.factories import make_score
from tests.scores.graphs import graph, step, subscore


@pytest.fixture
def client(sign_in: SignIn) -> Client:
    return sign_in(Role.EDITOR)


@pytest.fixture
def held(world: World) -> Score:
    return make_score(world.workspace, graph(step("a")), name="Held")


@pytest.fixture
def holder(world: World, held: Score) -> Score:
    return make_score(world.workspace, graph(subscore("inner", held.pk)), name="Holder")


@pytest.fixture
def parent(world: World, holder: Score) -> Run:
    return make_run(holder, orchestra=world.orchestra)


@pytest.fixture
def child(world: World, parent: Run, held: Score) -> Run:
    run = make_run(
        held,
        orchestra=world.orchestra,
        trigger=Trigger.SUBSCORE,
        parent_run=parent,
        parent_node_key="inner",
    )
    make_node(parent, "inner", child_run_id=run.pk)
    return run


def shown(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_parent_leads_to_its_child_and_back(client: Client, parent: Run, child: Run) -> None:
    assert f'href="{page(child)}"' in shown(client, f"{page(parent)}?node=inner")
    assert f'href="{page(parent)}?node=inner"' in shown(client, page(child))


def test_the_home_page_and_an_orchestra_show_one_line_per_fire(
    client: Client, world: World, parent: Run, child: Run
) -> None:
    for address in (reverse("admin:index"), page(world.orchestra)):
        text = shown(client, address)
        assert page(parent) in text and page(child) not in text, address


def test_the_list_of_runs_says_whose_child_one_is(client: Client, parent: Run, child: Run) -> None:
    assert f'subscore of <a href="{page(parent)}">' in shown(client, list_page(Run))
    assert page(child) not in shown(client, f"{list_page(Run)}?parent_run__isnull=True")


def test_a_subscore_is_chosen_in_the_scores_form(client: Client, world: World, held: Score) -> None:
    made = make_score(world.workspace, graph(step("first")), name="Later")
    form = client.get(page(made))
    assert f'<option value="{held.pk}">Held</option>' in form.content.decode()
    assert f'value="{made.pk}">Later' not in form.content.decode()

    chosen = {"nodes-0-plays": "control:subscore", "nodes-0-subscore": held.pk}
    client.post(page(made), sent_by(form, **chosen))

    node = made.nodes.get()
    assert (node.kind, node.subkind, node.subscore_id) == ("control", "subscore", held.pk)


def test_a_node_says_how_often_its_effect_happens(client: Client, world: World) -> None:
    send = step("send", skill="gmail", operation="send_email")
    run = make_run(make_score(world.workspace, graph(send, step("pick")), name="Sender"))

    assert "happens at most once, asks a person" in shown(client, f"{page(run)}?node=send")
    assert "</span> happens" not in shown(client, f"{page(run)}?node=pick")
