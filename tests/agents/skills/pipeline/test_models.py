from typing import Any

import pytest
from django.db import IntegrityError, connection

from agents.skills.pipeline.actions import Person, add_contact, create_pipeline
from agents.skills.pipeline.models import Activity, Company, Contact, Kind, Pipeline
from maestro.workspaces.models import Workspace


@pytest.fixture
def contact(pipeline: Pipeline) -> Contact:
    return add_contact(pipeline, Person(email="ada@example.com", company="Analytical"))[0]


@pytest.fixture
def elsewhere(db: None) -> Pipeline:
    theirs = Workspace.objects.create(name="Theirs", slug="theirs")
    return create_pipeline(theirs, name="Outreach", slug="outreach", kind=Kind.OUTREACH)


def test_a_contact_cannot_name_a_company_of_another_workspace(
    contact: Contact, elsewhere: Pipeline
) -> None:
    theirs = Company.objects.create(workspace=elsewhere.workspace, name="Theirs")

    with pytest.raises(IntegrityError, match="contacts_company_id"):
        Contact.objects.filter(pk=contact.pk).update(company=theirs)


def test_a_contact_cannot_move_to_a_pipeline_of_another_workspace(
    contact: Contact, elsewhere: Pipeline
) -> None:
    with pytest.raises(IntegrityError, match="contacts_pipeline_id"):
        Contact.objects.filter(pk=contact.pk).update(pipeline=elsewhere)


def test_an_activity_cannot_name_a_contact_of_another_pipeline(
    contact: Contact, pipeline: Pipeline
) -> None:
    other = create_pipeline(pipeline.workspace, name="SEO", slug="seo", kind=Kind.SEO)

    with pytest.raises(IntegrityError, match="activities_contact_id"):
        Activity.objects.create(
            workspace=pipeline.workspace,
            pipeline=other,
            contact=contact,
            kind="called",
            old_stage="new",
            new_stage="new",
        )


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"email": "", "external_id": ""}, "contact_can_be_found"),
        ({"stage": ""}, "contact_has_a_stage"),
    ],
)
def test_the_database_keeps_a_contact_whole(
    changes: dict[str, Any], constraint: str, contact: Contact
) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        Contact.objects.filter(pk=contact.pk).update(**changes)


def test_the_database_keeps_two_of_one_email_apart(contact: Contact) -> None:
    twin = Contact(
        workspace=contact.workspace,
        pipeline=contact.pipeline,
        email=contact.email.upper(),
        stage="new",
    )

    with pytest.raises(IntegrityError, match="one_contact_per_email"):
        twin.save()


def test_a_company_can_go_and_its_contacts_stay(contact: Contact) -> None:
    Company.objects.all().delete()

    contact.refresh_from_db()
    assert contact.company is None


def test_a_workspace_takes_all_of_it_along(contact: Contact) -> None:
    contact.workspace.delete()

    assert not Contact.objects.exists()


def test_looking_up_an_email_uses_its_index(pipeline: Pipeline) -> None:
    Contact.objects.bulk_create(
        Contact(
            workspace=pipeline.workspace, pipeline=pipeline, stage="new", email=f"{n}@example.com"
        )
        for n in range(2000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE contacts")  # the planner chooses by what it knows of the rows
    asked = Contact.objects.filter(pipeline=pipeline).with_email("ada@example.com")

    assert "one_contact_per_email" in asked.order_by().explain()
