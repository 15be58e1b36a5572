"""Hearing a changed agent before it is saved: from its form to the price, the answers, the save."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agents.models import Agent
from maestro.workspaces.models import AuditEntry, Role
from maestro.workspaces.vault import set_secret
from runs.auditions.models import Audition
from tests.admin.conftest import SignIn, World
from tests.admin.pages import page, sent_by
from tests.admin.rows import make_audition, make_node, make_row


@pytest.fixture
def client(sign_in: SignIn) -> Client:
    return sign_in(Role.EDITOR)


@pytest.fixture
def recorded(world: World) -> Agent:
    """The world's agent, with an input that was answered live, and a key."""
    Agent.objects.filter(pk=world.agent.pk).update(model="claude")
    set_secret(world.workspace, "anthropic_api_key", "sk-123456789", by="ada")
    make_node(
        world.run,
        "think",
        agent_id=world.agent.pk,
        input={"text": "Hello"},
        output_json={"text": "Hi"},
        tokens_input=10_000_000_000,
        tokens_output=10_000_000_000,
    )
    return Agent.objects.get(pk=world.agent.pk)


def hear(client: Client, agent: Agent, **changes: Any) -> Any:
    sent = sent_by(client.get(page(agent)), **changes, _audition="")
    return client.post(page(agent), sent)


def test_a_form_is_heard_before_it_is_saved(client: Client, recorded: Agent) -> None:
    assert "Audition first, about $0.02" in client.get(page(recorded)).content.decode()

    answer = hear(client, recorded, system_prompt="Be brief.")

    assert answer.headers["Location"] == reverse("admin:propose_audition", args=[recorded.pk])
    recorded.refresh_from_db()
    assert (recorded.version, recorded.system_prompt) == (1, "Answer briefly.")
    assert not AuditEntry.objects.filter(action="agent.changed").exists()
    shown = client.get(answer.headers["Location"]).content.decode()
    assert "<ins>Be" in shown
    assert "Hear it, about" in shown

    client.post(reverse("admin:start_audition", args=[recorded.pk]), {"graders": "schema"})

    audition = Audition.objects.get(agent=recorded, status="playing")
    assert audition.candidate["system_prompt"] == "Be brief."
    assert audition.graders == [{"kind": "schema_valid", "share": 1.0}]
    assert "0 of 1 played" in client.get(page(audition)).content.decode()


def test_a_form_that_cannot_be_saved_cannot_be_heard(client: Client, recorded: Agent) -> None:
    answer = hear(client, recorded, parameters="{")

    assert answer.status_code == 200
    assert "This is not JSON" in answer.content.decode()


def test_lines_that_only_the_browser_ended_otherwise_are_no_change(
    client: Client, world: World
) -> None:
    Agent.objects.filter(pk=world.agent.pk).update(system_prompt="One.\nTwo.")

    client.post(
        page(world.agent), sent_by(client.get(page(world.agent)), system_prompt="One.\r\nTwo.")
    )

    assert Agent.objects.get(pk=world.agent.pk).system_prompt == "One.\nTwo."


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"way": "last", "count": "many"}, "no number of inputs"),
        ({"way": "last", "count": "100000"}, "less than or equal to 500"),
        ({"way": "runs", "runs": ""}, "at least 1 item"),
        ({"way": "runs", "runs": "run_nowhere"}, "recorded no input there"),
    ],
)
def test_a_choice_that_cannot_be_is_refused_where_it_was_made(
    typed: dict[str, str], why: str, client: Client, recorded: Agent
) -> None:
    shown = client.get(reverse("admin:propose_audition", args=[recorded.pk]), typed)

    assert why in shown.content.decode()


@pytest.mark.parametrize(
    "typed", [{"budget": "much"}, {"budget": "-1"}, {"budget": "inf"}, {"graders": "vibes"}]
)
def test_a_start_that_cannot_be_starts_nothing(
    typed: dict[str, str], client: Client, recorded: Agent
) -> None:
    answer = client.post(reverse("admin:start_audition", args=[recorded.pk]), typed)

    assert answer.status_code == 302
    assert not Audition.objects.filter(agent=recorded, status="playing").exists()


def test_verdicts_are_given_and_taken_back(client: Client, world: World) -> None:
    audition = make_audition(world.agent)
    address = reverse("admin:judge_audition", args=[audition.pk])

    part = client.post(address, {"row": "0", "verdict": "better"}, headers={"HX-Request": "true"})

    assert 'id="row-0"' in part.content.decode()
    assert "1 of 1 judged" in part.content.decode()
    row = audition.rows.get()
    assert (row.verdict, row.judged_by) == ("better", "editor person")
    client.post(address, {"row": "0", "verdict": "better"})
    assert audition.rows.get().verdict == ""
    for wrong in ({"row": "7", "verdict": "better"}, {"row": "0", "verdict": "grand"}):
        assert client.post(address, wrong).status_code == 302
    assert client.post(address, {"row": "x"}).status_code == 404


def test_what_was_heard_is_saved_as_the_next_version_if_nobody_was_faster(
    client: Client, world: World
) -> None:
    candidate = make_audition(world.agent).candidate | {"system_prompt": "Heard."}
    audition = make_audition(world.agent, candidate=candidate)
    assert "Save v2 for 1 score" in client.get(page(audition)).content.decode()

    for _ in range(2):
        client.post(reverse("admin:save_audition", args=[audition.pk]), {"note": "Heard first"})

    world.agent.refresh_from_db()
    assert (world.agent.version, world.agent.system_prompt) == (2, "Heard.")
    assert "saved as v2" in client.get(page(audition)).content.decode()


def test_rows_that_agree_are_shown_on_demand(client: Client, world: World) -> None:
    audition = make_audition(world.agent)
    make_row(audition, 1, intent="no")

    assert 'id="row-1"' not in client.get(page(audition)).content.decode()
    assert 'id="row-1"' in client.get(f"{page(audition)}?all").content.decode()


def test_viewers_look_but_start_judge_and_save_nothing(sign_in: SignIn, world: World) -> None:
    viewer, audition = sign_in(Role.VIEWER), make_audition(world.agent)

    shown = viewer.get(page(audition)).content.decode()

    assert "Save v2" not in shown
    assert "Better" not in shown
    for name, pk in (
        ("start_audition", world.agent.pk),
        ("judge_audition", audition.pk),
        ("save_audition", audition.pk),
        ("cancel_audition", audition.pk),
        ("audition_again", audition.pk),
    ):
        assert viewer.post(reverse(f"admin:{name}", args=[pk])).status_code == 403
