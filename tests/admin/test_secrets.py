"""A value goes in and never comes out; an orchestra's page says which slots are empty."""

import base64

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from agents.skills.mcp.actions import save_server
from agents.skills.mcp.models import McpServer
from maestro.workspaces.models import AuditEntry, Role, Secret
from maestro.workspaces.vault import read_secret, set_secret
from orchestras.actions import bind_secrets
from orchestras.models import Orchestra
from tests.admin.conftest import SignIn, World
from tests.admin.pages import add_page, list_page, page, sent_by
from tests.factories import make_agent, make_orchestra, make_score
from tests.scores.graphs import graph, step

VALUE = "canary-8f2a91c4"
FORM = {"name": "apollo_api_key", "value": VALUE, "description": "Team plan"}


@pytest.fixture
def editor(sign_in: SignIn) -> Client:
    return sign_in(Role.EDITOR)


@pytest.fixture
def secret(world: World) -> Secret:
    return set_secret(world.workspace, "apollo_api_key", VALUE, by="ada")


@pytest.fixture
def orchestra(world: World) -> Orchestra:
    find = step("find", skill="apollo", operation="find_leads")
    return make_orchestra(make_score(world.workspace, graph(find)), name="Outbound", enabled=False)


def test_a_secret_is_made_rotated_and_described(editor: Client) -> None:
    assert editor.post(add_page(Secret), FORM).status_code == 302
    secret = Secret.objects.get(name="apollo_api_key")
    assert read_secret(secret) == VALUE

    editor.post(page(secret), {"value": "a new value", "description": "Team plan"})
    assert read_secret(secret) == "a new value"

    editor.post(page(secret), {"value": "", "description": "Mine"})
    secret.refresh_from_db()
    assert (secret.description, read_secret(secret)) == ("Mine", "a new value")
    entries = AuditEntry.objects.filter(object_id=secret.pk).order_by("id")
    deeds = [(entry.actor, entry.action) for entry in entries]
    assert deeds == [
        ("editor person", "secret.set"),
        ("editor person", "secret.set"),
        ("editor person", "secret.described"),
    ]


@pytest.mark.parametrize("name", ["not a slug!", "apollo_api_key"])
def test_a_refused_form_does_not_show_the_value_again(
    editor: Client, secret: Secret, name: str
) -> None:
    answer = editor.post(add_page(Secret), {**FORM, "name": name, "value": "another-canary"})

    assert answer.status_code == 200
    assert b"another-canary" not in answer.content
    assert read_secret(secret) == VALUE


def test_a_value_too_short_is_refused_at_its_field(editor: Client) -> None:
    answer = editor.post(add_page(Secret), {**FORM, "value": "short77"})

    assert "value" in answer.context["adminform"].form.errors
    assert b"short77" not in answer.content


def test_no_page_shows_a_value(editor: Client, secret: Secret) -> None:
    pages = [list_page(secret), page(secret), page(secret, "delete"), list_page(AuditEntry)]
    for address in pages:
        assert VALUE.encode() not in editor.get(address, follow=True).content, address


def test_the_list_says_version_and_who_binds_it(
    editor: Client, secret: Secret, orchestra: Orchestra
) -> None:
    set_secret(secret.workspace, secret.name, "another value", by="ada")
    bind_secrets(orchestra, {"apollo_api_key": secret}, author="ada")
    url = "https://mcp.example/weather"
    server = McpServer(workspace=secret.workspace, name="weather", url=url, secret=secret)
    save_server(server, by="ada")

    shown = editor.get(list_page(secret))

    newest = {row.name: row.newest for row in shown.context["cl"].result_list}
    assert newest == {"alder-key": 1, "apollo_api_key": 2}
    assert page(orchestra).encode() in shown.content
    assert page(server).encode() in shown.content


def test_a_bound_secret_cannot_be_deleted_and_the_page_says_why(
    editor: Client, secret: Secret, orchestra: Orchestra
) -> None:
    bind_secrets(orchestra, {"apollo_api_key": secret}, author="ada")

    answer = editor.post(page(secret, "delete"), {"post": "yes"})

    assert b"Outbound" in answer.content
    assert Secret.objects.exists()


def test_who_asks_for_a_secret_by_its_name_is_named_on_every_page_of_it(
    editor: Client, secret: Secret, orchestra: Orchestra
) -> None:
    agent = make_agent(secret.workspace, name="Leadfinder", allowed_tools=["apollo"])
    addresses = [list_page(secret), page(secret), page(secret, "delete")]
    shown = [editor.get(address).content.decode() for address in addresses]
    assert all(page(agent) in one and page(orchestra.score) in one for one in shown)
    assert "1 node in 1 score and 1 agent ask for it by its name" in shown[2]
    marked = {"action": "delete_selected", "_selected_action": secret.pk}
    assert b"1 agent ask for it" in editor.post(list_page(secret), marked).content

    editor.post(page(secret, "delete"), {"post": "yes"})

    assert not Secret.objects.filter(pk=secret.pk).exists()


def test_a_wrong_key_is_an_error_of_the_form(editor: Client, settings: Settings) -> None:
    settings.MAESTRO_SECRET_KEY = "not base64"

    answer = editor.post(add_page(Secret), FORM)

    assert answer.status_code == 200
    assert b"MAESTRO_SECRET_KEY" in answer.content
    assert VALUE.encode() not in answer.content


def test_pages_open_whatever_the_key(editor: Client, secret: Secret, settings: Settings) -> None:
    settings.MAESTRO_SECRET_KEY = base64.b64encode(b"x" * 32).decode()

    assert editor.get(list_page(secret)).status_code == editor.get(page(secret)).status_code == 200


def test_a_viewer_sees_names_and_sets_nothing(sign_in: SignIn, secret: Secret) -> None:
    viewer = sign_in(Role.VIEWER)

    shown = viewer.get(page(secret))
    assert b'name="value"' not in shown.content
    assert viewer.post(page(secret), {"value": "a new value"}).status_code == 403
    assert viewer.get(add_page(Secret)).status_code == 403


def test_an_orchestras_page_shows_what_is_missing_and_binds_it(
    editor: Client, world: World, orchestra: Orchestra
) -> None:
    before = editor.get(page(orchestra))
    assert b"Nothing fills it yet" in before.content
    assert b"Asked for by find" in before.content
    other = set_secret(world.workspace, "team-plan", VALUE, by="ada")

    sent = sent_by(before, **{"slot:apollo_api_key": other.pk})
    assert editor.post(page(orchestra), sent).status_code == 302

    assert orchestra.bindings.get().secret == other
    assert b"Filled by the secret team-plan" in editor.get(page(orchestra)).content


def test_a_slot_that_may_stay_empty_can_be_bound_by_itself(editor: Client, world: World) -> None:
    read = step("read", skill="web_research", operation="extract")
    orchestra = make_orchestra(make_score(world.workspace, graph(read)), enabled=False)
    team = set_secret(world.workspace, "team-plan", VALUE, by="ada")
    before = editor.get(page(orchestra))
    assert b"it may stay so" in before.content

    editor.post(page(orchestra), sent_by(before, **{"slot:tavily_api_key": team.pk}))

    assert orchestra.bindings.get().secret == team


def test_an_empty_choice_unbinds(editor: Client, secret: Secret, orchestra: Orchestra) -> None:
    bind_secrets(orchestra, {"apollo_api_key": secret}, author="ada")

    sent = sent_by(editor.get(page(orchestra)), **{"slot:apollo_api_key": ""})
    editor.post(page(orchestra), sent)

    assert not orchestra.bindings.exists()


def test_it_cannot_be_enabled_while_a_slot_is_empty_and_has_one_switch(
    editor: Client, orchestra: Orchestra
) -> None:
    assert b'name="enabled"' in editor.get(add_page(Orchestra)).content
    assert editor.get(page(orchestra)).content.count(b'name="enabled"') == 1

    address = reverse("admin:enable_orchestra", args=[orchestra.pk])
    switched = editor.post(address, {"enabled": "true"}, follow=True)
    assert b"cannot be enabled" in switched.content
    orchestra.refresh_from_db()
    assert not orchestra.enabled


def test_another_workspaces_secret_cannot_be_chosen(
    editor: Client, elsewhere: World, orchestra: Orchestra
) -> None:
    theirs = set_secret(elsewhere.workspace, "theirs", VALUE, by="ada")

    sent = sent_by(editor.get(page(orchestra)), **{"slot:apollo_api_key": theirs.pk})
    assert editor.post(page(orchestra), sent).status_code == 200

    assert not orchestra.bindings.exists()


def test_an_owner_cannot_take_the_environments_keys(world: World, sign_in: SignIn) -> None:
    owner = sign_in(Role.OWNER)
    fields = {"name": "Alder", "slug": "alder", "default_model": "m", "time_zone": "UTC"}

    owner.post(page(world.workspace), {**fields, "settings": '{"env_secrets": true}'})

    world.workspace.refresh_from_db()
    assert world.workspace.settings == {}
