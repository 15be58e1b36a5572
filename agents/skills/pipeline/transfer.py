"""Contacts as a table: out of a pipeline, and into one with a word about every row."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Lower

from agents.tables import MAX_TEXT, Row, as_meant, read_table, write_table
from maestro.errors import InvalidInput
from maestro.workspaces.audit import record

from .actions import Person, check_stage, is_email
from .models import Company, Contact, Pipeline
from .moves import AT_ONCE, Deed, batches, lock, record_deeds

COLUMNS = ("email", "external_id", "name", "title", "company", "domain", "stage")
LENGTHS = {"email": 254, "domain": 253}
LENGTH = 200


@dataclass(frozen=True)
class Refused:
    """`row` as a spreadsheet numbers it, the header being 1."""

    row: int
    reason: str


@dataclass
class Imported:
    """What became of each row: a new contact, one who is here already, none. Of those who are here
    `moved` went to another stage; else they stay as they are."""

    created: int = 0
    known: int = 0
    moved: int = 0
    refused: list[Refused] = field(default_factory=list)


@dataclass(frozen=True)
class _Entry:
    row: int
    person: Person
    stage: str
    names_stage: bool


def export_contacts(pipeline: Pipeline, *, stage: str = "") -> str:
    """The contacts, or those at a stage, oldest first, as CSV that `import_contacts` reads."""
    rows = Contact.objects.filter(pipeline=pipeline).select_related("company")
    if stage:
        rows = rows.filter(stage=check_stage(pipeline, stage))
    return write_table(map(_row, rows.order_by("created_at", "id").iterator()), COLUMNS)


@transaction.atomic
def import_contacts(pipeline: Pipeline, text: str, *, author: str, moves: bool = False) -> Imported:
    """Add who is new. With `moves`, who is here already goes to the stage that their row names, the
    last one counting; else nobody is changed. InvalidInput when the table cannot be read as a whole.

    Columns: email, external_id, name, title, company, domain, stage; others are left out.
    """
    if len(text) > MAX_TEXT:
        raise InvalidInput(f"The table has more than {MAX_TEXT:,} characters", place="csv")
    # The lock keeps the stages as they are, and two imports one after the other.
    locked = Pipeline.objects.select_for_update(no_key=True).get(pk=pipeline.pk)
    told = Imported()
    entries = [entry for row in _rows(text) if (entry := _entry(locked, row, told))]
    created = _create(locked, _unknown(locked, entries))
    told.created, told.known = len(created), len(entries) - len(created)
    if moves:
        told.moved = _move(locked, entries, {contact.pk for contact, _ in created}, author)
    _note(locked, created, author, told)
    return told


def _rows(text: str) -> list[Row]:
    try:
        rows = read_table(text, COLUMNS)
    except InvalidInput as refusal:
        raise InvalidInput(refusal.message, place="csv") from None
    if rows and not any(row.keys() & {"email", "external_id"} for row in rows):
        message = "The table needs a column email or external_id, with a value in some row"
        raise InvalidInput(message, place="csv")
    return rows


def _entry(pipeline: Pipeline, row: Row, told: Imported) -> _Entry | None:
    """The row as someone to add; what is wrong with it is told, and None."""
    given = {name: as_meant(row[name]) for name in COLUMNS if name in row}
    try:
        named = given.pop("stage", "")
        stage = check_stage(pipeline, named or pipeline.stages[0])
        _check(given, row.get("fault"))
    except InvalidInput as refusal:
        told.refused.append(Refused(row["row"], refusal.message))
        return None
    return _Entry(row["row"], Person(**given), stage, bool(named))


def _check(given: dict[str, str], fault: str | None) -> None:
    if fault:
        raise InvalidInput(f"The row {fault}")
    for name, text in given.items():
        if len(text) > (most := LENGTHS.get(name, LENGTH)):
            raise InvalidInput(f"{name} has more than {most} characters")
    if "email" not in given and "external_id" not in given:
        raise InvalidInput("There is neither an email nor an external_id")
    if "email" in given and not is_email(given["email"]):
        raise InvalidInput(f"{given['email']!r} is not an email address")


def _unknown(pipeline: Pipeline, entries: list[_Entry]) -> Iterator[_Entry]:
    """Those whose email and external id nobody has, neither here nor in an earlier row."""
    people = [entry.person for entry in entries]
    emails = _taken_emails(pipeline, {one.email.lower() for one in people if one.email})
    ids = _taken_ids(pipeline, {one.external_id for one in people if one.external_id})
    for entry in entries:
        email, external_id = entry.person.email.lower(), entry.person.external_id
        if email not in emails and external_id not in ids:
            yield entry
        emails |= {email} - {""}
        ids |= {external_id} - {""}


def _taken_emails(pipeline: Pipeline, wanted: set[str]) -> set[str]:
    here = Contact.objects.filter(pipeline=pipeline).exclude(email="")
    lowered = here.alias(lower_email=Lower("email"))
    rows = (lowered.filter(lower_email__in=some) for some in batches(wanted))
    return {email.lower() for some in rows for email in some.values_list("email", flat=True)}


def _taken_ids(pipeline: Pipeline, wanted: set[str]) -> set[str]:
    here = Contact.objects.filter(pipeline=pipeline)
    rows = (here.filter(external_id__in=some) for some in batches(wanted))
    return {key for some in rows for key in some.values_list("external_id", flat=True)}


def _create(pipeline: Pipeline, entries: Iterator[_Entry]) -> list[tuple[Contact, int]]:
    """Who is new with their row; whom another added meanwhile is not among them."""
    new = list(entries)
    companies = _companies(pipeline, [entry.person for entry in new])
    made = [
        Contact(
            workspace_id=pipeline.workspace_id,
            pipeline=pipeline,
            company=companies.get(_company_of(entry.person)),
            email=entry.person.email,
            external_id=entry.person.external_id,
            name=entry.person.name,
            title=entry.person.title,
            stage=entry.stage,
        )
        for entry in new
    ]
    Contact.objects.bulk_create(made, batch_size=AT_ONCE, ignore_conflicts=True)
    kept = _kept(contact.pk for contact in made)
    pairs = zip(made, new, strict=True)
    return [(contact, entry.row) for contact, entry in pairs if contact.pk in kept]


def _kept(ids: Iterable[str]) -> set[str]:
    rows = (Contact.objects.filter(pk__in=some) for some in batches(ids))
    return {pk for found in rows for pk in found.values_list("pk", flat=True)}


def _company_of(person: Person) -> tuple[str, str]:
    """What tells a company from another: its domain, else its name."""
    return (person.domain.lower(), "") if person.domain else ("", person.company)


def _companies(pipeline: Pipeline, people: list[Person]) -> dict[tuple[str, str], Company]:
    """The companies of these people, made where there is none."""
    wanted = {_company_of(one): one for one in reversed(people) if one.domain or one.company}
    found = _found(pipeline, wanted)
    # In one order in every import, so that no two wait for each other.
    missing = [
        Company(
            workspace_id=pipeline.workspace_id,
            name=wanted[key].company or wanted[key].domain,
            domain=wanted[key].domain,
        )
        for key in sorted(wanted.keys() - found.keys())
    ]
    Company.objects.bulk_create(missing, batch_size=AT_ONCE, ignore_conflicts=True)
    return found | _found(pipeline, wanted.keys() - found.keys())


def _found(pipeline: Pipeline, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Company]:
    here = Company.objects.filter(workspace_id=pipeline.workspace_id).order_by("-id")
    domains = here.exclude(domain="").alias(lower_domain=Lower("domain"))
    found: dict[tuple[str, str], Company] = {}
    for some in batches(keys):
        lowered = [domain for domain, _ in some if domain]
        for company in domains.filter(lower_domain__in=lowered):
            found[company.domain.lower(), ""] = company
        for company in here.filter(name__in=[name for _, name in some if name]):
            found["", company.name] = company
    return found


def _move(pipeline: Pipeline, entries: list[_Entry], new: set[str], author: str) -> int:
    """Put who was here already where their row says; how many that moved."""
    moved = 0
    for some in batches(entry for entry in entries if entry.names_stage):
        targets = _targets(pipeline, some, new)
        done = [(one, Deed(stage=to, by=author)) for one, to in targets if one.stage != to]
        moved += len(record_deeds(pipeline, done))
    return moved


def _targets(pipeline: Pipeline, some: list[_Entry], new: set[str]) -> list[tuple[Contact, str]]:
    """Whom the rows mean, by email, else by external id, each with the last row's stage."""
    people = [entry.person for entry in some]
    here = Contact.objects.filter(pipeline=pipeline).exclude(pk__in=new)
    lowered = here.alias(lower_email=Lower("email"))
    by_email = Q(lower_email__in={one.email.lower() for one in people if one.email})
    by_id = Q(external_id__in={one.external_id for one in people if one.external_id})
    found = list(lock(lowered.filter(by_email | by_id).order_by("pk")))
    emails = {one.email.lower(): one for one in found if one.email}
    ids = {one.external_id: one for one in found if one.external_id}
    meant = (emails.get(e.person.email.lower()) or ids.get(e.person.external_id) for e in some)
    pairs = zip(meant, some, strict=True)
    last = {contact.pk: (contact, entry.stage) for contact, entry in pairs if contact}
    return list(last.values())


def _note(
    pipeline: Pipeline, created: list[tuple[Contact, int]], author: str, told: Imported
) -> None:
    """An activity for each who is new, and one entry in the audit log."""
    record_deeds(
        pipeline,
        (
            (contact, Deed(kind="imported", payload={"row": row}, by=author))
            for contact, row in created
        ),
    )
    counts = {name: getattr(told, name) for name in ("created", "known", "moved")}
    counts["refused"] = len(told.refused)
    record(pipeline.workspace, author, "pipeline.imported", pipeline, counts)


def _row(contact: Contact) -> Row:
    company = contact.company
    named = {"company": company.name, "domain": company.domain} if company else {}
    own = ("email", "external_id", "name", "title", "stage")
    return {**{name: getattr(contact, name) for name in own}, **named}
