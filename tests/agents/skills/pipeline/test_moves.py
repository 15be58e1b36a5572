"""A stage changes in one way: written down, told to webhooks, in one transaction."""

import pytest
from django.db import transaction

from agents.skills.context import Context
from agents.skills.pipeline.actions import Person, add_contact
from agents.skills.pipeline.changing import change_contact
from agents.skills.pipeline.hooks import save_hook
from agents.skills.pipeline.models import Activity, Contact, Delivery, Hook, Pipeline
from agents.skills.pipeline.moves import Deed, log_activity, move_contacts
from agents.skills.pipeline.transfer import import_contacts
from maestro.errors import InUse, InvalidInput
from maestro.workspaces.vault import delete_secret, set_secret

from .test_operations import call


@pytest.fixture
def hook(pipeline: Pipeline) -> Hook:
    secret = set_secret(pipeline.workspace, "moves-key", "canary-signing-key", by="ada")
    url = "https://hooks.example.com/moves"
    workspace = pipeline.workspace
    return save_hook(Hook(workspace=workspace, pipeline=pipeline, url=url, secret=secret), by="ada")


@pytest.fixture
def ada(pipeline: Pipeline) -> Contact:
    person = Person(email="ada@example.com", external_id="7", name="Ada", domain="example.com")
    return add_contact(pipeline, person)[0]


def test_a_move_is_written_down_and_told_with_who_did_it(
    pipeline: Pipeline, hook: Hook, ada: Contact
) -> None:
    move_contacts(pipeline, Contact.objects.all(), "won", by="grace")

    activity, told = Activity.objects.get(), Delivery.objects.get().body
    assert (activity.kind, activity.by, activity.run_id) == ("moved", "grace", "")
    assert told["type"] == "contact.stage_changed"
    assert told["data"] == {
        "contact": {
            "id": ada.pk,
            "email": "ada@example.com",
            "external_id": "7",
            "name": "Ada",
            "title": "",
            "company": "example.com",
            "domain": "example.com",
        },
        "pipeline": {"id": pipeline.pk, "slug": "outreach"},
        "old_stage": "new",
        "new_stage": "won",
        "activity_id": activity.pk,
        "kind": "moved",
        "by": "grace",
        "run_id": None,
    }
    assert move_contacts(pipeline, Contact.objects.all(), "won", by="grace") == 0
    assert Delivery.objects.count() == 1
    with pytest.raises(InvalidInput, match="no stage 'dreaming'"):
        move_contacts(pipeline, Contact.objects.all(), "dreaming", by="grace")


def test_a_run_that_moves_is_named_and_told_once_per_key(
    hook: Hook, ada: Contact, here: Context
) -> None:
    given = {"contact_id": ada.pk, "kind": "contacted", "new_stage": "contacted"}
    for _ in range(2):
        call("log_activity", here, **given)

    data = Delivery.objects.get().body["data"]
    assert (data["by"], data["run_id"], data["kind"]) == (None, "run_1", "contacted")


def test_a_move_that_is_undone_is_told_to_nobody(hook: Hook, ada: Contact) -> None:
    with transaction.atomic():
        log_activity(ada, Deed(stage="won", by="grace"))
        transaction.set_rollback(True)
    assert not Delivery.objects.exists()


def test_what_moves_nobody_and_hooks_that_are_off_tell_nothing(
    pipeline: Pipeline, hook: Hook, ada: Contact
) -> None:
    log_activity(ada, Deed(kind="called", by="grace"))
    hook.enabled = False
    save_hook(hook, by="ada")
    log_activity(ada, Deed(stage="won", by="grace"))
    assert not Delivery.objects.exists()


def test_a_changed_contact_is_moved_from_where_it_stands_by_then(hook: Hook, ada: Contact) -> None:
    read_before = Contact.objects.get()
    log_activity(ada, Deed(stage="replied", run_id="run_1"))
    read_before.name = "Ada L."
    assert change_contact(read_before, by="grace").stage == "replied"
    change_contact(read_before, by="grace", stage="won")

    moves = Activity.objects.order_by("created_at").values_list("old_stage", "new_stage", "by")
    assert list(moves) == [("new", "replied", ""), ("replied", "won", "grace")]
    assert Contact.objects.get().name == "Ada L."


def test_an_imported_table_moves_only_when_asked_and_only_whom_it_means(
    pipeline: Pipeline, hook: Hook, ada: Contact
) -> None:
    add_contact(pipeline, Person(external_id="8", name="Ben"))
    table = (
        "email,external_id,stage\nADA@example.com,8,replied\nada@example.com,,won\n"
        ",8,\nnew@example.com,,lost\n"
    )
    assert import_contacts(pipeline, table, author="grace").moved == 0
    told = import_contacts(pipeline, table, author="grace", moves=True)

    assert (told.created, told.known, told.moved) == (0, 4, 1)
    stages = dict(Contact.objects.values_list("name", "stage"))
    assert stages == {"Ada": "won", "Ben": "new", "": "lost"}
    assert Delivery.objects.get().body["data"]["by"] == "grace"


def test_a_secret_that_signs_cannot_be_deleted(hook: Hook) -> None:
    with pytest.raises(InUse, match=r"hooks\.example\.com"):
        delete_secret(hook.secret, by="ada")
