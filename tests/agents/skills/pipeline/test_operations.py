from typing import Any

import pytest

from agents.skills.context import Context
from agents.skills.outcome import Outcome
from agents.skills.pipeline.models import Activity, Company, Contact, Pipeline
from agents.skills.registry import find
from maestro.errors import InvalidNodeInput
from maestro.workspaces.models import Workspace
from tests.agents.skills.conftest import MakeContext

ADA = {
    "email": "Ada@Example.com",
    "external_id": "lead-7",
    "name": "Ada",
    "company": "Analytical",
    "domain": "Example.com",
}


def call(operation: str, context: Context, **given: Any) -> Outcome:
    return find("pipeline", operation).call_local({"pipeline": "outreach", **given}, context)


def test_a_contact_is_added_at_the_first_stage_and_found_again(here: Context) -> None:
    port, output = call("add_contact", here, **ADA)

    assert port == "success"
    shown = {"email": "Ada@Example.com", "name": "Ada", "company": "Analytical", "stage": "new"}
    assert output == {
        "contact": {"id": output["contact_id"], **shown},
        "contact_id": output["contact_id"],
    }
    assert call("find_contact", here, email=" ada@EXAMPLE.com ") == ("exists", output)
    assert call("find_contact", here, external_id="lead-7") == ("exists", output)
    assert call("find_contact", here, email="broken", external_id="lead-7") == ("exists", output)


def test_an_id_of_another_system_may_be_a_number(here: Context) -> None:
    call("add_contact", here, external_id=7)

    assert call("find_contact", here, external_id="7").port == "exists"


def test_who_is_not_there_leaves_by_not_found_with_nothing(here: Context) -> None:
    assert call("find_contact", here, email="bob@example.com") == ("not_found", {})


@pytest.mark.parametrize(
    "given", [{}, {"email": ""}, {"email": "broken"}, {"email": None}, {"email": "a\x00b@c.de"}]
)
def test_a_row_without_a_usable_email_or_id_is_a_bad_input(
    given: dict[str, Any], here: Context
) -> None:
    with pytest.raises(InvalidNodeInput):
        call("find_contact", here, **given)
    with pytest.raises(InvalidNodeInput):
        call("add_contact", here, **given)


@pytest.mark.parametrize("known", [{"email": "ADA@example.com"}, {"external_id": "lead-7"}])
def test_a_known_contact_leaves_by_exists_unchanged(known: dict[str, str], here: Context) -> None:
    first = call("add_contact", here, **ADA).output

    again = call("add_contact", here, **known, name="Other", stage="won")

    assert again == ("exists", first)


def test_contacts_of_one_domain_share_a_company(here: Context) -> None:
    call("add_contact", here, **ADA)
    call("add_contact", here, email="bob@example.com", domain="example.COM", company="Other")
    call("add_contact", here, email="cleo@example.com", company="Analytical")

    assert [company.contacts.count() for company in Company.objects.all()] == [3]


def test_a_stage_that_the_pipeline_lacks_is_a_bad_input(here: Context) -> None:
    with pytest.raises(InvalidNodeInput, match="no stage 'gone'; it has new"):
        call("add_contact", here, **ADA, stage="gone")


def test_an_activity_is_logged_and_moves_the_contact(here: Context) -> None:
    contact_id = call("add_contact", here, **ADA).output["contact_id"]

    given = {"contact_id": contact_id, "kind": "contacted", "payload": {"message_id": "<1>"}}
    output = call("log_activity", here, **given, new_stage="contacted").output

    activity = Activity.objects.get()
    assert output == {"activity_id": activity.pk}
    assert (activity.old_stage, activity.new_stage) == ("new", "contacted")
    assert (activity.run_id, activity.payload) == ("run_1", {"message_id": "<1>"})
    assert Contact.objects.get().stage == "contacted"


def test_the_same_key_logs_once(here: Context, make_context: MakeContext) -> None:
    contact_id = call("add_contact", here, **ADA).output["contact_id"]
    given = {"contact_id": contact_id, "kind": "triaged", "new_stage": None}

    first = call("log_activity", here, **given)
    second = call("log_activity", here, **{**given, "new_stage": "won"})

    assert first == second
    assert Contact.objects.get().stage == "new"


@pytest.mark.parametrize(
    "wrong",
    [{"new_stage": "gone"}, {"contact_id": "ct_absent"}, {"kind": ""}, {"payload": {"a": "\x00"}}],
)
def test_an_activity_that_does_not_fit_is_a_bad_input(wrong: dict[str, Any], here: Context) -> None:
    contact_id = call("add_contact", here, **ADA).output["contact_id"]

    with pytest.raises(InvalidNodeInput):
        call("log_activity", here, **{"contact_id": contact_id, "kind": "called", **wrong})


def test_a_pipeline_of_another_workspace_is_not_seen(
    pipeline: Pipeline, make_context: MakeContext
) -> None:
    other = Workspace.objects.create(name="Theirs", slug="theirs")

    with pytest.raises(InvalidNodeInput, match="outreach"):
        call("add_contact", make_context(workspace_id=other.pk), **ADA)
