"""What waits for a person, in one place: chosen, decided there, and gone from the list."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from maestro.workspaces.models import Role
from runs.models import Run
from tests.admin.conftest import SignIn, World
from tests.admin.rows import make_node, make_run
from tests.factories import make_score, make_workspace

APPROVALS = "/admin/approvals/"
ITEMS = {"items": [{"name": "Ada", "subject": "Hello"}, {"name": "Bob", "subject": "Hi"}]}


@pytest.fixture
def client(sign_in: SignIn) -> Client:
    return sign_in(Role.EDITOR)


def asking(world: World) -> Run:
    run = make_run(world.score, "waiting", waiting_for="gate")
    make_node(run, "review", status="waiting", port=None, output_json=ITEMS, finished_at=None)
    return run


def shown(client: Client, query: str = "") -> str:
    answer = client.get(APPROVALS + query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_without_questions_the_page_says_who_would_ask(client: Client) -> None:
    assert "Nothing waits for you" in shown(client)


def test_a_gate_is_decided_on_the_page_and_the_next_one_is_shown(
    client: Client, world: World
) -> None:
    first, second = asking(world), asking(world)
    page = shown(client)
    assert page.count("2 items to decide at review") == 2
    assert reverse("admin:decide_gate", args=[first.pk]) in page
    assert reverse("admin:decide_gate", args=[second.pk]) in shown(client, f"?run={second.pk}")

    sent: dict[str, Any] = {"node": "review", "iteration": "", "back": "approvals"}
    sent |= {"decision-0": "approve", "decision-1": "drop"}
    done = client.post(reverse("admin:decide_gate", args=[first.pk]), sent, follow=True)

    assert done.redirect_chain[-1][0] == APPROVALS
    assert first.pk not in done.content.decode()
    assert reverse("admin:decide_gate", args=[second.pk]) in done.content.decode()


def test_a_write_cut_in_half_and_a_spent_budget_ask_here_too(client: Client, world: World) -> None:
    cut = make_run(world.score, "needs_attention")
    make_node(cut, "send", status="needs_attention", operation="gmail.send_email", port=None)
    make_run(world.score, "waiting", waiting_for="budget")
    page = shown(client, f"?run={cut.pk}")
    assert "Did gmail.send_email go out?" in page
    assert "Its budget is spent" in page
    assert "It was sent, go on" in page


def test_other_workspaces_ask_elsewhere_and_viewers_only_look(
    sign_in: SignIn, world: World
) -> None:
    foreign = make_run(make_score(make_workspace()), "waiting", waiting_for="gate")
    make_node(foreign, "review", status="waiting", port=None, output_json=ITEMS)
    client = sign_in(Role.VIEWER)
    assert foreign.pk not in shown(client)
    asking(world)
    assert "An owner or editor of this workspace can decide" in shown(client)
