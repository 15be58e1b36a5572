"""Pipelines and contacts on the wire."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from agents.tables import MAX_TEXT
from maestro.rest.etags import content_tag
from maestro.rest.paging import PageQuery
from maestro.rest.shapes import JSON, Body, Id, Name, Query, Slug

from .models import Activity, Contact, Pipeline

Line = Annotated[str, Field(max_length=200)]


Stages = Annotated[list[Annotated[Slug, Field(min_length=1, max_length=40)]], Field(max_length=50)]
KindName = Literal["outreach", "content", "seo", "generic"]


class PipelineOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    slug: str
    kind: KindName
    stages: list[str] = Field(description="In order; a new contact is at the first.")
    created_at: datetime


class PipelineIn(Body):
    name: Name
    slug: Slug = Field("", description="What nodes call it by; empty: made from the name.")
    kind: KindName = "outreach"
    stages: Stages = Field([], description="Empty: the usual ones of the kind.")


class PipelinePatch(Body):
    """What is left out stays."""

    name: Name | None = None
    slug: Annotated[Slug, Field(min_length=1)] | None = None
    kind: KindName | None = None
    stages: Annotated[Stages, Field(min_length=1)] | None = None


def pipeline_tag(pipeline: Pipeline) -> str:
    return content_tag(PipelineOut.model_validate(pipeline))


class StageQuery(Query):
    stage: str = Field("", max_length=40, description="Only those at this stage.")


class ContactQuery(PageQuery, StageQuery):
    pass


class ContactOut(BaseModel):
    id: str
    email: str
    external_id: str
    name: str
    title: str
    company: str | None
    domain: str | None
    stage: str
    created_at: datetime
    updated_at: datetime


class ContactsIn(Body):
    csv: str = Field(max_length=MAX_TEXT, description="The text of the table, header first.")
    move: bool = Field(
        False, description="Put who is here already at the stage that their row names."
    )


class ContactIn(Body):
    """An email or an `external_id` it needs; without a stage it is at the pipeline's first."""

    email: str = Field("", max_length=254)
    external_id: Line = ""
    name: Line = ""
    title: Line = ""
    company: Line = Field("", description="Its name; made if there is none.")
    domain: str = Field("", max_length=253, description="Of the company, which it is known by.")
    stage: str = Field("", max_length=40)


class ContactPatch(Body):
    """What is left out stays. Another stage is a move, recorded and told like any other."""

    email: str | None = Field(None, max_length=254)
    external_id: Line | None = None
    name: Line | None = None
    title: Line | None = None
    stage: str | None = Field(None, min_length=1, max_length=40)


class MoveIn(Body):
    contact_ids: list[Id] = Field(min_length=1, max_length=1000)
    stage: str = Field(max_length=40)


class MovedOut(BaseModel):
    moved: int = Field(
        description="Who was at another stage; ids of nobody here count for nothing."
    )


class ActivityOut(BaseModel):
    """`by` did it, or the run; the stages are the same where nobody moved."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    contact_id: str
    kind: str
    payload: JSON
    old_stage: str
    new_stage: str
    by: str
    run_id: str
    created_at: datetime


class RefusedOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    row: int = Field(description="As a spreadsheet numbers it; the header is 1.")
    reason: str


class ImportedOut(BaseModel):
    """Every row is in one of the three."""

    model_config = ConfigDict(from_attributes=True)

    created: int
    known: int = Field(description="Who was here already, and is left as they are.")
    moved: int = Field(description="Of the known: to another stage, as `move` asked.")
    refused: list[RefusedOut]


def contact_out(contact: Contact) -> ContactOut:
    """Of a row that came with its company."""
    company = contact.company
    plain = ContactOut.model_fields.keys() - {"company", "domain"}
    return ContactOut(
        company=company.name if company else None,
        domain=company.domain if company else None,
        **{name: getattr(contact, name) for name in plain},
    )


def contact_tag(contact: Contact) -> str:
    return content_tag(contact_out(contact))


def activity_out(activity: Activity) -> ActivityOut:
    return ActivityOut.model_validate(activity)
