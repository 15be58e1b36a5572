"""Contacts as a table: what comes in is told row by row, what goes out comes in again."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agents.skills.pipeline.actions import Person, add_contact, create_pipeline
from agents.skills.pipeline.models import Activity, Company, Contact, Kind, Pipeline
from agents.skills.pipeline.transfer import Refused, export_contacts, import_contacts
from maestro.errors import InvalidInput
from maestro.workspaces.models import AuditEntry, Workspace


def test_every_row_is_created_known_or_refused_with_its_reason(pipeline: Pipeline) -> None:
    known, _ = add_contact(pipeline, Person(email="Ada@example.com", name="Ada"), stage="won")
    table = (
        "Email;Name;Stage;Company;Domain;Shoe size\n"
        "ada@example.com;Not Ada;new;;;38\n"
        "ben@example.com;Ben;contacted;Acme;acme.test;44\n"
        "not an address;Cy;;;;\n"
        "BEN@example.com;Ben again;;;;\n"
        ";Nobody;;;;\n"
        "dee@example.com;Dee;dreaming;;;\n"
        f"eve@example.com;{'e' * 201};;;;\n"
        "fay@example.com;Fay\n"
        "gus@example.com;Gus;;;ACME.test;\n"
    )

    told = import_contacts(pipeline, table, author="ada")

    assert (told.created, told.known) == (2, 2)
    stages = ", ".join(pipeline.stages)
    assert told.refused == [
        Refused(4, "'not an address' is not an email address"),
        Refused(6, "There is neither an email nor an external_id"),
        Refused(7, f"outreach has no stage 'dreaming'; it has {stages}"),
        Refused(8, "name has more than 200 characters"),
        Refused(9, "The row has 2 cells, the header 6"),
    ]
    known.refresh_from_db()
    assert (known.name, known.stage) == ("Ada", "won")
    ben, gus = Contact.objects.exclude(pk=known.pk).order_by("email")
    assert (ben.stage, gus.stage) == ("contacted", "new")
    assert ben.company == gus.company == Company.objects.get()
    assert {(one.kind, one.payload["row"]) for one in Activity.objects.all()} == {
        ("imported", 3),
        ("imported", 10),
    }
    entry = AuditEntry.objects.get(action="pipeline.imported")
    assert entry.details == {"created": 2, "known": 2, "moved": 0, "refused": 5}


def test_what_went_out_comes_in_elsewhere_as_it_was(
    pipeline: Pipeline, workspace: Workspace
) -> None:
    people = [
        Person(email="ada@example.com", name='=cmd|"/c calc"', company="Acme, Inc."),
        Person(external_id="-17", name="Ben\nof two lines", domain="acme.test"),
    ]
    for person in people:
        add_contact(pipeline, person, stage="replied")
    table = export_contacts(pipeline)
    assert "\n=" not in table.replace(",", "\n")  # no cell that a spreadsheet would run
    assert "'-17" in table

    assert import_contacts(pipeline, table, author="ada").known == 2
    other = create_pipeline(workspace, name="Other", slug="other", kind=Kind.OUTREACH)
    assert import_contacts(other, table, author="ada").created == 2

    assert export_contacts(other) == table
    assert Company.objects.count() == 2
    assert export_contacts(other, stage="won").count("\n") == 1


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        ("", "has no header"),
        ("ada@example.com,Ada\n", "has no header"),
        ("name,company\nAda,Acme\n", "email or external_id"),
    ],
)
def test_what_is_no_table_of_contacts_is_refused_whole(
    pipeline: Pipeline, table: str, fault: str
) -> None:
    with pytest.raises(InvalidInput, match=fault) as refused:
        import_contacts(pipeline, table, author="ada")
    assert refused.value.details["place"] == "csv"


def test_the_queries_do_not_grow_with_the_rows(pipeline: Pipeline) -> None:
    def queries(start: int, count: int) -> int:
        rows = [f"p{n}@example.com,Acme {n},{n}.test" for n in range(start, start + count)]
        with CaptureQueriesContext(connection) as asked:
            told = import_contacts(
                pipeline, "\n".join(["email,company,domain", *rows]), author="ada"
            )
        assert told.created == count
        return len(asked)

    assert queries(0, 2) == queries(2, 200)
