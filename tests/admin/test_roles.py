"""Viewers look, editors write, owners decide who sits here; history is written by nobody."""

import pytest
from django.urls import reverse

from agents.models import Agent, ModelPrice
from maestro.workspaces.models import Membership, Role
from runs.models import Run, RunEvent, RunNode
from tests.admin.conftest import SignIn, World
from tests.admin.pages import add_page, list_page, page

HISTORY = ["agentversion", "scoreversion", "run", "runnode", "runevent", "activity", "auditentry"]


def test_a_viewer_can_look_at_everything_and_change_nothing(world: World, sign_in: SignIn) -> None:
    client = sign_in(Role.VIEWER)
    for row in [world.agent, world.score, world.orchestra]:
        assert client.get(page(row)).status_code == 200
        assert client.post(page(row), {"name": "Mine now"}).status_code == 403
        assert client.post(page(row, "delete"), {"post": "yes"}).status_code == 403
        assert client.get(add_page(type(row))).status_code == 403
    assert not Agent.objects.filter(name="Mine now").exists()


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("start_score", "score"),
        ("start_orchestra", "orchestra"),
        ("enable_orchestra", "orchestra"),
        ("cancel_run", "run"),
        ("answer_cut_write", "run"),
    ],
)
def test_a_viewer_can_start_and_stop_nothing(
    name: str, row: str, world: World, sign_in: SignIn
) -> None:
    address = reverse(f"admin:{name}", args=[getattr(world, row).pk])
    assert sign_in(Role.VIEWER).post(address).status_code == 403
    assert Run.objects.count() == 1


@pytest.mark.parametrize("name", ["start_score", "enable_orchestra", "cancel_run"])
def test_a_link_alone_does_nothing(name: str, world: World, sign_in: SignIn) -> None:
    rows = {"score": world.score, "orchestra": world.orchestra, "run": world.run}
    address = reverse(f"admin:{name}", args=[rows[name.rpartition("_")[2]].pk])
    assert sign_in(Role.OWNER).get(address).status_code == 405


def test_history_cannot_be_added_to_changed_or_deleted(world: World, sign_in: SignIn) -> None:
    client = sign_in("")
    for row in world.rows:
        if row._meta.model_name not in HISTORY:
            continue
        assert client.get(add_page(type(row))).status_code == 403, row
        assert client.post(page(row, "delete"), {"post": "yes"}).status_code == 403, row
        assert b"delete_selected" not in client.get(list_page(row)).content, row
    assert RunNode.objects.exists() and RunEvent.objects.exists()


def test_only_owners_decide_who_sits_here(world: World, sign_in: SignIn) -> None:
    editor, owner = sign_in(Role.EDITOR), sign_in(Role.OWNER)
    seat = Membership.objects.get(role=Role.EDITOR)

    assert editor.post(page(seat), {"user": seat.user_id, "role": Role.OWNER}).status_code == 403
    assert owner.post(page(seat), {"user": seat.user_id, "role": Role.VIEWER}).status_code == 302

    seat.refresh_from_db()
    assert seat.role == Role.VIEWER


def test_prices_are_looked_at_by_all_and_written_by_superusers(
    world: World, sign_in: SignIn
) -> None:
    price = ModelPrice.objects.get()
    owner, root = sign_in(Role.OWNER), sign_in("")
    assert owner.get(page(price)).status_code == 200
    assert owner.get(add_page(ModelPrice)).status_code == 403
    assert root.get(add_page(ModelPrice)).status_code == 200


def test_accounts_are_for_superusers(world: World, sign_in: SignIn) -> None:
    accounts = reverse("admin:auth_user_changelist")
    assert sign_in(Role.OWNER).get(accounts).status_code == 403
    assert sign_in("").get(accounts).status_code == 200


def test_what_a_form_changes_is_in_the_audit_log(world: World, sign_in: SignIn) -> None:
    client = sign_in(Role.OWNER)
    seat = Membership.objects.get()
    client.post(page(seat), {"user": seat.user_id, "role": Role.EDITOR})
    entry = world.workspace.audit_log.order_by("-id")[0]
    assert (entry.actor, entry.action, entry.object_id) == (
        "owner person",
        "membership.changed",
        str(seat.pk),
    )
    assert entry.details["fields"] == ["Role"]
