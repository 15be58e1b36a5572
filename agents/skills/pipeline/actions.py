"""What can be done with pipelines and contacts, by a node or by a person."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from agents.skills.pipeline.models import Company, Contact, Kind, Pipeline
from maestro.errors import InUse, InvalidInput, NotFound
from maestro.workspaces.models import Workspace

DEFAULT_STAGES = {
    Kind.OUTREACH: [
        "new",
        "contacted",
        "replied",
        "interested",
        "meeting",
        "won",
        "lost",
        "unsubscribed",
    ],
    Kind.CONTENT: ["idea", "draft", "review", "scheduled", "published"],
    Kind.SEO: ["idea", "researched", "briefed", "written", "published"],
    Kind.GENERIC: ["new", "active", "done"],
}


@dataclass(frozen=True, kw_only=True)
class Person:
    """What is known of someone before they are a contact; `company` is a name."""

    email: str = ""
    external_id: str = ""
    name: str = ""
    title: str = ""
    company: str = ""
    domain: str = ""


def create_pipeline(workspace: Workspace, *, name: str, slug: str, kind: Kind) -> Pipeline:
    """A pipeline with the usual stages of its kind."""
    stages = DEFAULT_STAGES[kind]
    return Pipeline.objects.create(
        workspace=workspace, name=name, slug=slug, kind=kind, stages=stages
    )


@transaction.atomic
def set_stages(pipeline: Pipeline, stages: Sequence[str]) -> None:
    """Replace the stages; InUse while contacts stand at one that would go."""
    locked = Pipeline.objects.select_for_update().get(pk=pipeline.pk)
    left = locked.contacts.exclude(stage__in=stages)
    if left.exists():
        names = ", ".join(sorted(set(left.values_list("stage", flat=True))))
        raise InUse(f"{left.count()} contacts stand at {names}; move them first", used_by=[])
    locked.stages = list(stages)
    locked.full_clean()
    locked.save(update_fields=["stages"])
    pipeline.stages = locked.stages


def find_pipeline(workspace_id: str, slug: str) -> Pipeline:
    """The workspace's pipeline of that slug, or NotFound."""
    try:
        return Pipeline.objects.get(workspace_id=workspace_id, slug=slug)
    except Pipeline.DoesNotExist:
        raise NotFound(f"There is no pipeline {slug!r} in this workspace") from None


def get_contact(pipeline: Pipeline, contact_id: str) -> Contact:
    """The pipeline's contact of that id, or NotFound."""
    try:
        return pipeline.contacts.get(pk=contact_id)
    except Contact.DoesNotExist:
        raise NotFound(f"{pipeline.slug} has no contact {contact_id!r}") from None


def find_contact(pipeline: Pipeline, *, email: str = "", external_id: str = "") -> Contact | None:
    """Who has that email, whatever its case, else who has that external id.

    A malformed email finds nobody; with no external id either, it is InvalidInput.
    """
    good = is_email(email)
    if not good and not external_id:
        fault = f"{email!r} is not an email address" if email else "There is no email address"
        raise InvalidInput(f"{fault}, and no external id")
    contacts = Contact.objects.filter(pipeline=pipeline).select_related("company")
    found = contacts.with_email(email).first() if good else None
    if found is None and external_id:
        found = contacts.with_external_id(external_id).first()
    return found


def add_contact(pipeline: Pipeline, person: Person, *, stage: str = "") -> tuple[Contact, bool]:
    """(contact, whether it is new); of two who add the same person at once, one is told new.

    Without a stage the first one. An existing contact is left as it is. InvalidInput for a bad
    email or stage, or when there is neither an email nor an external id.
    """
    if person.email and not is_email(person.email):
        raise InvalidInput(f"{person.email!r} is not an email address", place="email")
    stage = check_stage(pipeline, stage or pipeline.stages[0])
    found = find_contact(pipeline, email=person.email, external_id=person.external_id)
    if found is not None:
        return found, False
    new = Contact(
        workspace_id=pipeline.workspace_id,
        pipeline=pipeline,
        company=_company(pipeline, person),
        email=person.email,
        external_id=person.external_id,
        name=person.name,
        title=person.title,
        stage=stage,
    )
    Contact.objects.bulk_create([new], ignore_conflicts=True)
    kept = find_contact(pipeline, email=person.email, external_id=person.external_id)
    if kept is None:
        raise InvalidInput("The contact was removed while it was added")
    return kept, kept.pk == new.pk


def check_stage(pipeline: Pipeline, stage: str) -> str:
    """The stage, or InvalidInput that names those there are."""
    if stage not in pipeline.stages:
        known = ", ".join(pipeline.stages)
        raise InvalidInput(f"{pipeline.slug} has no stage {stage!r}; it has {known}", place="stage")
    return stage


def is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def _company(pipeline: Pipeline, person: Person) -> Company | None:
    """The company of that domain, else of that name, made if there is none."""
    if not person.domain and not person.company:
        return None
    here = Company.objects.filter(workspace_id=pipeline.workspace_id).order_by("id")
    domain, name = person.domain, person.company
    alike = here.with_domain(domain) if domain else here.filter(name=name)
    if found := alike.first():
        return found
    new = Company(workspace_id=pipeline.workspace_id, name=name or domain, domain=domain)
    Company.objects.bulk_create([new], ignore_conflicts=True)
    return alike.first()
