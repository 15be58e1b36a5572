"""Budgets in the admin: set in dollars, raised where a run waits for money."""

import pytest
from django.test import Client
from django.urls import reverse

from runs.models import Run
from tests.admin.conftest import SignIn, World
from tests.admin.pages import page, sent_by
from tests.admin.rows import make_run


@pytest.fixture
def waiting(world: World) -> Run:
    world.orchestra.budget_microdollars = 1_000_000
    world.orchestra.save()
    return make_run(
        world.score,
        orchestra=world.orchestra,
        status="waiting",
        waiting_for="budget",
        cost_microdollars=1_200_000,
    )


def raise_to(client: Client, run: Run, scope: str, dollars: str) -> int:
    address = reverse("admin:raise_budget", args=[run.pk])
    return client.post(address, {"scope": scope, "dollars": dollars}).status_code


def test_a_run_that_waits_for_money_says_whose_and_takes_more(
    waiting: Run, sign_in: SignIn, world: World
) -> None:
    client = sign_in()
    shown = client.get(page(waiting)).content.decode()
    assert "Waits for money." in shown and "$1.00 in a month; $1.20 is spent" in shown
    assert "budget spent" in client.get("/admin/").content.decode()

    assert raise_to(client, waiting, "orchestra", "2.50") == 302

    world.orchestra.refresh_from_db()
    assert world.orchestra.budget_microdollars == 2_500_000


def test_a_wrong_amount_is_told(waiting: Run, sign_in: SignIn, world: World) -> None:
    client = sign_in()
    raise_to(client, waiting, "orchestra", "plenty")
    assert "The budget: Enter a number." in client.get(page(waiting)).content.decode()


@pytest.mark.parametrize(
    ("role", "scope", "status"),
    [
        ("viewer", "orchestra", 403),
        ("editor", "workspace", 403),
        ("owner", "workspace", 302),
        ("editor", "nothing", 403),
    ],
)
def test_who_may_raise_what(
    waiting: Run, sign_in: SignIn, role: str, scope: str, status: int
) -> None:
    assert raise_to(sign_in(role), waiting, scope, "5") == status


def test_budgets_are_written_in_dollars(world: World, sign_in: SignIn) -> None:
    client = sign_in("owner")
    form = client.get(page(world.orchestra))
    client.post(
        page(world.orchestra),
        sent_by(form, budget_microdollars="12.5", run_budget_microdollars="0.25"),
    )
    world.orchestra.refresh_from_db()
    assert world.orchestra.budget_microdollars == 12_500_000
    assert world.orchestra.run_budget_microdollars == 250_000
    assert "12.50" in client.get(page(world.orchestra)).content.decode()

    form = client.get(page(world.workspace))
    client.post(page(world.workspace), sent_by(form, monthly_budget_microdollars="100"))
    world.workspace.refresh_from_db()
    assert world.workspace.monthly_budget_microdollars == 100_000_000


def test_the_hosts_that_skills_may_reach_are_written_with_commas(
    world: World, sign_in: SignIn
) -> None:
    client = sign_in("owner")
    form = client.get(page(world.workspace))
    client.post(page(world.workspace), sent_by(form, egress_hosts="api.example.com, *.Example.org"))
    world.workspace.refresh_from_db()
    assert world.workspace.egress_hosts == ["api.example.com", "*.example.org"]
    again = client.get(page(world.workspace))
    assert "api.example.com, *.example.org" in again.content.decode()
    wrong = client.post(page(world.workspace), sent_by(again, egress_hosts="http://x/"))
    assert "is not a host" in wrong.content.decode()
