"""An agent's page: saving makes a version, what it reaches is told, refusals are shown in place."""

from typing import Any

import pytest
from django.test import Client

from agents.actions import copy_agent, save_agent
from agents.models import Agent
from maestro.workspaces.models import Role
from tests.admin.conftest import SignIn, World
from tests.admin.pages import add_page, list_page, page, sent_by
from tests.factories import make_agent


@pytest.fixture
def client(sign_in: SignIn) -> Client:
    return sign_in(Role.EDITOR)


def post(client: Client, agent: Agent, **changes: Any) -> Any:
    return client.post(page(agent), sent_by(client.get(page(agent)), **changes))


def test_a_save_makes_the_next_version_with_author_and_note(client: Client, world: World) -> None:
    answer = post(client, world.agent, system_prompt="Be brief.", note="Shorter")
    assert answer.status_code == 302
    world.agent.refresh_from_db()
    assert (world.agent.version, world.agent.system_prompt) == (2, "Be brief.")
    kept = world.agent.versions.get(version=2)
    assert (kept.author, kept.note) == ("editor person", "Shorter")


def test_an_unchanged_save_makes_no_version(client: Client, world: World) -> None:
    assert post(client, world.agent).status_code == 302
    world.agent.refresh_from_db()
    assert world.agent.version == 1


def test_a_stale_form_is_refused_and_keeps_what_was_typed(client: Client, world: World) -> None:
    sent = sent_by(client.get(page(world.agent)), system_prompt="Mine.")
    save_agent(world.agent, {"system_prompt": "Theirs."}, author="someone")

    answer = client.post(page(world.agent), sent)

    assert answer.status_code == 200
    shown = answer.content.decode()
    assert "is at version 2, not 1" in shown
    assert "Mine." in shown
    world.agent.refresh_from_db()
    assert world.agent.system_prompt == "Theirs."


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("output_schema", '{"type": }', "This is not JSON: expecting value in line 1, column 10."),
        ("output_schema", '["type"]', "Write an object"),
        ("output_schema", '{"type": "string"}', "output_schema describes an object"),
        ("allowed_tools", '{"http": 1}', "Write a list"),
        ("allowed_tools", '["no_such"]', "there is no skill no_such"),
        ("parameters", "[1, NaN]", "NaN is no JSON number"),
        ("system_prompt", "", "This field is required"),
    ],
)
def test_what_cannot_be_saved_is_said_at_its_field(
    field: str, typed: str, told: str, client: Client, world: World
) -> None:
    answer = post(client, world.agent, **{field: typed})
    assert answer.status_code == 200
    errors = answer.context["adminform"].form.errors
    assert told in str(errors[field]).replace("&quot;", '"')
    assert typed in answer.content.decode().replace("&quot;", '"')


def test_a_new_agent_gets_a_slug_from_its_name(client: Client, world: World) -> None:
    sent = {"name": "Draft opener", "system_prompt": "Write.", "slug": "", "parameters": ""}
    assert client.post(add_page(Agent), sent).status_code == 302
    made = Agent.objects.get(slug="draft-opener")
    assert (made.workspace, made.version, made.parameters) == (world.workspace, 1, {})


def test_a_slug_that_is_taken_is_said_at_the_slug(client: Client, world: World) -> None:
    other = make_agent(world.workspace, name="Other")
    answer = post(client, other, slug=world.agent.slug)
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors


def test_the_page_says_how_far_a_save_reaches(client: Client, world: World) -> None:
    shown = client.get(page(world.agent)).content.decode()
    assert "Used by 1 score. Saving will apply to every score" in shown
    assert "1 node: think" in shown
    assert page(world.score) in shown
    assert "Save v2 for 1 score" in shown
    unused = make_agent(world.workspace)
    assert "Saving will apply" not in client.get(page(unused)).content.decode()


@pytest.mark.parametrize("sent", [None, {"post": "yes"}])
def test_a_used_agent_is_not_deleted_and_the_page_names_why(
    sent: dict[str, str] | None, client: Client, world: World
) -> None:
    address = page(world.agent, "delete")
    shown = (client.post(address, sent) if sent else client.get(address)).content.decode()
    assert "Alder agent cannot be deleted: 1 node in 1 score uses it." in shown
    assert f'href="{page(world.score)}"' in shown
    assert "think" in shown
    assert Agent.objects.filter(pk=world.agent.pk).exists()


def test_an_unused_agent_is_deleted_with_its_versions(client: Client, world: World) -> None:
    unused = make_agent(world.workspace)
    assert (
        "Deleted with it: 1 agent version." in client.get(page(unused, "delete")).content.decode()
    )
    assert client.post(page(unused, "delete"), {"post": "yes"}).status_code == 302
    assert not Agent.objects.filter(pk=unused.pk).exists()
    assert world.workspace.audit_log.filter(action="agent.deleted").count() == 1


def test_deleting_several_refuses_them_all_when_one_is_used(client: Client, world: World) -> None:
    unused = make_agent(world.workspace)
    chosen = {"action": "delete_selected", "_selected_action": [world.agent.pk, unused.pk]}

    answer = client.post(list_page(Agent), {**chosen, "post": "yes"})

    assert "Alder agent cannot be deleted" in answer.content.decode()
    assert Agent.objects.filter(pk__in=[world.agent.pk, unused.pk]).count() == 2
    alone = {**chosen, "_selected_action": [unused.pk], "post": "yes"}
    assert client.post(list_page(Agent), alone).status_code == 302
    assert not Agent.objects.filter(pk=unused.pk).exists()


def test_history_leads_to_the_audit_log(client: Client, world: World) -> None:
    shown = client.get(page(world.agent, "history"), follow=True).content.decode()
    assert "agent.saved" in shown


def test_a_copy_leads_to_its_source_and_says_when_that_has_changed(
    client: Client, world: World
) -> None:
    copied = copy_agent(world.agent, author="someone").agent
    assert "changed since" not in client.get(page(copied)).content.decode()

    save_agent(world.agent, {"system_prompt": "Theirs."}, author="someone")

    shown = client.get(page(copied)).content.decode()
    assert f'from <a href="{page(world.agent)}">{world.agent}</a>' in shown
    assert "changed since, v1 to v2" in shown
