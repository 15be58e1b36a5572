"""The skill `pipeline`: who is in a pipeline, where they stand, what was done."""

from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import BaseModel, Field

from agents.skills.choices import Choices, offering
from agents.skills.context import Context
from agents.skills.manifest import Skill
from agents.skills.operation import Effect, Sample
from agents.skills.outcome import JSON
from agents.skills.pipeline import actions, moves
from agents.skills.pipeline.models import Contact
from agents.skills.pipeline.moves import Deed
from agents.skills.storable import Line, Payload
from maestro.errors import InvalidInput, InvalidNodeInput, NotFound

skill = Skill(
    name="pipeline",
    version="1.0.0",
    description="Contacts, the stages they stand at and what was done about them.",
    icon="view_kanban",
)
ADA = {
    "id": "ct_sample",
    "email": "ada@example.com",
    "name": "Ada Lovelace",
    "company": "Analytical Engines",
    "stage": "new",
}


def _added(given: JSON) -> JSON:
    """The sample, under the name and address it is asked for."""
    asked = {name: given[name] for name in ("email", "name", "company") if given.get(name)}
    contact = ADA | {name: text for name, text in asked.items() if isinstance(text, str)}
    return {"contact": contact, "contact_id": "ct_sample"}


class InPipeline(BaseModel):
    pipeline: Line = Field(
        description="Slug of the pipeline.", json_schema_extra=offering(Choices.PIPELINES)
    )


class ContactOutput(BaseModel):
    id: str
    email: str
    name: str
    company: str | None
    stage: str


class FoundOutput(BaseModel):
    contact: ContactOutput | None = None
    contact_id: str | None = None


class FindInput(InPipeline):
    email: Line | None = None
    external_id: Line | None = Field(None, description="Its id in another system.")


@skill.operation(
    effect=Effect.READ,
    inside=True,
    ports=("exists", "not_found"),
    sample=Sample({}, port="not_found"),
)
def find_contact(input: FindInput, context: Context) -> tuple[str, FoundOutput]:
    """Look someone up by email, else by external id."""
    with _as_node_input():
        pipeline = actions.find_pipeline(context.workspace_id, input.pipeline)
        contact = actions.find_contact(
            pipeline, email=input.email or "", external_id=input.external_id or ""
        )
    return ("not_found", FoundOutput()) if contact is None else ("exists", _found(contact))


class AddInput(FindInput):
    name: Line | None = None
    title: Line | None = None
    company: Line | None = Field(None, description="Name of the company.")
    domain: Line | None = Field(None, description="The company's domain, like example.com.")
    stage: Line | None = Field(
        None,
        description="Empty: the pipeline's first stage.",
        json_schema_extra=offering(Choices.STAGES),
    )


@skill.operation(
    effect=Effect.LOCAL,
    ports=("success", "exists"),
    sample=Sample({"contact": ADA, "contact_id": "ct_sample"}, vary=_added),
)
def add_contact(input: AddInput, context: Context) -> tuple[str, FoundOutput]:
    """Add someone; who is there already leaves by `exists`, and nothing is changed."""
    known = input.model_dump(exclude={"pipeline", "stage"}, exclude_none=True)
    with _as_node_input():
        pipeline = actions.find_pipeline(context.workspace_id, input.pipeline)
        contact, is_new = actions.add_contact(
            pipeline, actions.Person(**known), stage=input.stage or ""
        )
    return "success" if is_new else "exists", _found(contact)


class LogInput(InPipeline):
    contact_id: Line
    kind: Line = Field(min_length=1, description="What was done, like drafted or contacted.")
    payload: Payload = Field(default_factory=dict)
    new_stage: Line | None = Field(
        None,
        description="Empty: the stage stays.",
        json_schema_extra=offering(Choices.STAGES),
    )


class LogOutput(BaseModel):
    activity_id: str


@skill.operation(effect=Effect.LOCAL, sample=Sample({"activity_id": "ac_sample"}))
def log_activity(input: LogInput, context: Context) -> LogOutput:
    """Record something done about a contact and, if a stage is named, move it there."""
    with _as_node_input():
        pipeline = actions.find_pipeline(context.workspace_id, input.pipeline)
        contact = actions.get_contact(pipeline, input.contact_id)
        deed = Deed(
            kind=input.kind,
            stage=input.new_stage or "",
            payload=input.payload,
            run_id=context.run_id,
            idempotency_key=context.idempotency_key,
        )
        activity = moves.log_activity(contact, deed)
    return LogOutput(activity_id=activity.pk)


def _found(contact: Contact) -> FoundOutput:
    company = contact.company.name if contact.company else None
    shown = ContactOutput(
        id=contact.pk,
        email=contact.email,
        name=contact.name,
        company=company,
        stage=contact.stage,
    )
    return FoundOutput(contact=shown, contact_id=contact.pk)


@contextmanager
def _as_node_input() -> Iterator[None]:
    """What a person would be told of a bad request is, in a run, a bad input of the node."""
    try:
        yield
    except (InvalidInput, NotFound) as error:
        raise InvalidNodeInput(error.message, **error.details) from None
