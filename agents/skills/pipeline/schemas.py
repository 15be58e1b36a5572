"""Pipelines and contacts on the wire."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from agents.tables import MAX_TEXT
from maestro.rest.paging import PageQuery
from maestro.rest.shapes import Body, Query

from .models import Contact, Kind


class PipelineOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    slug: str
    kind: Kind
    stages: list[str] = Field(description="In order; a new contact is at the first.")
    created_at: datetime


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


class RefusedOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    row: int = Field(description="As a spreadsheet numbers it; the header is 1.")
    reason: str


class ImportedOut(BaseModel):
    """Every row is in one of the three."""

    model_config = ConfigDict(from_attributes=True)

    created: int
    known: int = Field(description="Who was here already, and is left as they are.")
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
