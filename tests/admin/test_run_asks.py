"""What a run asks a person is answered on its page: cut writes, and gates item by item."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from maestro.workspaces.models import Role
from runs.models import NodeStatus, Run, RunStatus
from scores.models import Score
from tests.admin.conftest import SignIn, World
from tests.admin.pages import page
from tests.admin.rows import make_node, make_run
from tests.factories import make_score
from tests.scores.graphs import graph, step


@pytest.fixture
def client(sign_in: SignIn) -> Client:
    return sign_in(Role.EDITOR)


@pytest.fixture
def asking(world: World) -> Score:
    """Its only node is the one that asks."""
    return make_score(world.workspace, graph(step("list")))


def text_of(client: Client, run: Run) -> str:
    return client.get(page(run)).content.decode()


def test_a_write_cut_in_half_asks_and_goes_on_by_the_answer(client: Client, asking: Score) -> None:
    run = make_run(asking, "needs_attention")
    node = make_node(
        run,
        "list",
        status="needs_attention",
        port=None,
        operation="email.send_email",
        finished_at=None,
    )
    shown = text_of(client, run)
    assert "email.send_email may have been sent once." in shown
    assert "It was sent, go on" in shown
    assert "It was not, send it" in shown

    address = reverse("admin:answer_cut_write", args=[run.pk])
    client.post(address, {"node": "list", "iteration": "", "sent": "yes"})

    run.refresh_from_db()
    node.refresh_from_db()
    assert (run.status, node.status) == (RunStatus.QUEUED, NodeStatus.SUCCEEDED)


def test_an_answer_that_says_neither_changes_nothing(client: Client, asking: Score) -> None:
    run = make_run(asking, "needs_attention")
    make_node(run, "list", status="needs_attention", port=None)
    client.post(reverse("admin:answer_cut_write", args=[run.pk]), {"node": "list", "sent": ""})
    run.refresh_from_db()
    assert run.status == RunStatus.NEEDS_ATTENTION


def test_a_gate_is_decided_item_by_item(client: Client, asking: Score) -> None:
    run = make_run(asking, "waiting", waiting_for="gate")
    items = [{"name": "Ann"}, {"name": "Bob"}, {"name": "Cyd"}]
    node = make_node(
        run, "list", status="waiting", port=None, output_json={"items": items}, finished_at=None
    )
    assert "Bob" in text_of(client, run)

    answer: dict[str, Any] = {"node": "list", "iteration": "", "comment": "fine"}
    decided = {
        "decision-0": "approve",
        "decision-1": "drop",
        "decision-2": "edit",
        "item-2": '{"name": "Cy"}',
    }
    client.post(reverse("admin:decide_gate", args=[run.pk]), answer | decided)

    node.refresh_from_db()
    assert node.output_json == {
        "approved": [{"name": "Ann"}, {"name": "Cy"}],
        "dropped": [{"name": "Bob"}],
    }


def test_a_gate_of_very_many_items_is_decided_on_its_page(client: Client, asking: Score) -> None:
    """More than a form may have fields: the first one by one, the others alike."""
    run = make_run(asking, "waiting", waiting_for="gate")
    items = {"items": [{"name": f"Lead {number}"} for number in range(1_500)]}
    make_node(run, "list", status="waiting", port=None, output_json=items, finished_at=None)
    shown = text_of(client, run)
    assert shown.count("<textarea") == 200 and "1,300 more items" in shown
    form = {f"decision-{number}": "approve" for number in range(200)} | {"node": "list"}
    rest = {"rest-first": "200", "rest-end": "1500"}
    refused = client.post(reverse("admin:decide_gate", args=[run.pk]), form | rest, follow=True)
    assert "decide each" in refused.content.decode()

    client.post(reverse("admin:decide_gate", args=[run.pk]), form | rest | {"rest": "drop"})

    decided = run.nodes.get().output_json or {}
    assert (len(decided["approved"]), len(decided["dropped"])) == (200, 1_300)


def test_a_gate_half_decided_says_so(client: Client, asking: Score) -> None:
    run = make_run(asking, "waiting", waiting_for="gate")
    make_node(run, "list", status="waiting", port=None, output_json={"items": [1, 2]})
    address = reverse("admin:decide_gate", args=[run.pk])
    told = client.post(address, {"node": "list", "decision-0": "approve"}, follow=True)
    assert "There are 2 items" in told.content.decode()


def test_a_refused_decision_is_shown_again_as_it_was_typed(client: Client, asking: Score) -> None:
    run = make_run(asking, "waiting", waiting_for="gate")
    make_node(run, "list", status="waiting", port=None, output_json={"items": ["one", "two"]})
    typed = {
        "node": "list",
        "iteration": "",
        "decision-0": "edit",
        "item-0": '{"name": "Cy"',
        "decision-1": "drop",
    }

    told = client.post(reverse("admin:decide_gate", args=[run.pk]), typed, follow=True)

    shown = told.content.decode()
    assert "This is not JSON" in shown
    assert "{&quot;name&quot;: &quot;Cy&quot;</textarea>" in shown
    assert 'name="decision-0" value="edit" checked' in shown
    assert 'name="decision-1" value="drop" checked' in shown
