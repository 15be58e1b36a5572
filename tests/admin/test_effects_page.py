"""The page of a plan's effects: what is ticked and typed there is what is kept and applied."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from maestro.workspaces.models import Role
from runs.models import EffectDecision, Mode, Run, RunNode
from tests.admin.conftest import SignIn, World
from tests.admin.pages import page
from tests.admin.rows import make_node, make_run
from tests.factories import make_score
from tests.scores.graphs import graph, map_over, step

PLANNED = {"code": "planned", "message": "It did not happen.", "details": {}}
MAIL = {"to": "ada@example.com", "subject": "Hello", "body": "Hi."}


@pytest.fixture
def client(sign_in: SignIn) -> Client:
    return sign_in(Role.EDITOR)


@pytest.fixture
def plan(world: World) -> Run:
    made = make_score(world.workspace, graph(step("send")))
    run = make_run(made, "succeeded", mode=Mode.PLAN, pins={"agents": {}})
    for number in range(30):
        named = {"operation": "gmail.send_email", "effect": "write", "error": PLANNED}
        make_node(run, "send", iteration=f"each:{number}", input=MAIL, **named)
    return run


def address(plan: Run) -> str:
    return reverse("admin:run_effects", args=[plan.pk])


def typed(rows: list[RunNode], **changed: str) -> dict[str, object]:
    """A form as the page has it; by id what was typed over the arguments."""
    texts = {f"arguments-{row.pk}": json.dumps(MAIL) for row in rows}
    ticks = {f"do-{row.pk}": "on" for row in rows}
    return {"effect": [row.pk for row in rows], "page": "1", **ticks, **texts, **changed}


def test_a_page_at_a_time_is_shown_and_its_decisions_are_kept(client: Client, plan: Run) -> None:
    shown = client.get(address(plan))
    assert len(shown.context["effects"]) == 25
    assert "30 gmail.send_email" in shown.content.decode()
    first, second = plan.nodes.order_by("id")[:2]

    edited = json.dumps(MAIL | {"to": "b@example.com"})
    form = typed([first, second], **{f"arguments-{first.pk}": edited})
    del form[f"do-{second.pk}"]
    client.post(address(plan), form)

    kept = dict(EffectDecision.objects.values_list("node_id", "decision"))
    assert kept == {first.pk: "edit", second.pk: "drop"}
    again = client.get(address(plan)).content.decode()
    assert "b@example.com" in again and "1 dropped" in again


def test_what_was_typed_is_not_lost_when_it_is_refused(client: Client, plan: Run) -> None:
    first = plan.nodes.order_by("id")[0]
    form = typed([first], **{f"arguments-{first.pk}": '{"to": 7'}) | {"then": "apply"}

    answer = client.post(address(plan), form, follow=True).content.decode()

    assert "This is not JSON" in answer and "{&quot;to&quot;: 7" in answer
    assert not plan.replays.exists()


def test_an_applied_plan_leads_to_its_run_and_can_be_changed_no_more(
    client: Client, plan: Run
) -> None:
    answer = client.post(address(plan), {"then": "apply"})
    run = plan.replays.get()

    assert answer.headers["Location"] == page(run)
    shown = client.get(address(plan)).content.decode()
    assert run.pk in shown and "Apply what is ticked" not in shown and "As it was sent" not in shown
    first, sent = plan.nodes.order_by("id")[0], MAIL | {"subject": "As it was sent"}
    named = {"operation": "gmail.send_email", "effect": "write", "source_node_id": first.pk}
    make_node(run, "send", iteration="each:0", input=sent, **named)
    assert "As it was sent" in client.get(address(plan)).content.decode()
    assert "Review effects" in client.get(page(plan)).content.decode()


def test_a_plan_that_dropping_changes_is_applied_once_that_was_seen(
    client: Client, world: World
) -> None:
    """A title counts what is sent; the tick is taken and `Apply` pressed at once."""
    params = {"templates": {"title": "{results} sent"}}
    nodes = [
        map_over("each", "send"),
        step("send", skill="notify", operation="send_event"),
        step("text", skill="data", operation="template", config={"params": params}),
        step("tell", skill="notify", operation="send_event", config={"params": {"message": "-"}}),
    ]
    edges = ["each.item -> send", "each -> text", "text -> tell"]
    made = make_score(world.workspace, graph(*nodes, *edges))
    items = [{"title": title, "message": "-"} for title in "AB"]
    plan = make_run(made, "succeeded", mode=Mode.PLAN, pins={"agents": {}}, input={"items": items})
    named: dict[str, Any] = {"operation": "notify.send_event", "effect": "local", "error": PLANNED}
    for number, item in enumerate(items):
        given = item | {"item": item}
        make_node(plan, "send", f"each:{number}", input=given, output_json={}, **named)
    make_node(plan, "text", input={"results": [1, 2]}, output_json={"title": "2 sent"})
    told = {"title": "2 sent", "message": "-"}
    make_node(plan, "tell", input=told, output_json={}, **named)
    first = plan.nodes.order_by("id")[0]

    form: dict[str, object] = {"effect": [first.pk], "page": "1", "seen": "", "then": "apply"}
    shown = client.post(address(plan), form, follow=True)
    text = shown.content.decode()
    assert "Not applied yet" in text and "2 sent" in text and "1 sent" in text
    assert not plan.replays.exists()
    assert EffectDecision.objects.get().decision == "drop"

    client.post(address(plan), form | {"seen": shown.context["foreseen"].digest})
    assert plan.replays.get().mode == Mode.LIVE


def test_a_viewer_looks_but_does_not_apply(sign_in: SignIn, plan: Run) -> None:
    viewer = sign_in(Role.VIEWER)
    assert "Apply what is ticked" not in viewer.get(address(plan)).content.decode()
    assert viewer.post(address(plan), {"then": "apply"}).status_code == 403
    assert not plan.replays.exists()
