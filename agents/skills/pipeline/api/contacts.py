"""Contacts one by one over REST: made, changed, moved, and what was done about them."""

from django.http import HttpResponse
from django.urls import reverse
from ninja import Query, Router, Status

from maestro.rest.etags import seen
from maestro.rest.paging import Page, PageQuery, page
from maestro.rest.shapes import Id, IfMatch, find
from maestro.workspaces.bearer import ApiRequest, author, can

from ..actions import Person, add_contact, check_stage
from ..changing import change_contact, delete_contact
from ..models import Activity, Contact
from ..moves import move_contacts
from ..schemas import (
    ActivityOut,
    ContactIn,
    ContactOut,
    ContactPatch,
    ContactQuery,
    MovedOut,
    MoveIn,
    activity_out,
    contact_out,
    contact_tag,
)
from .rows import contacts, pipelines

router = Router()


@router.get(
    "/pipelines/{pipeline_id}/contacts", response=Page[ContactOut], auth=can("pipeline:read")
)
def list_contacts(
    request: ApiRequest, pipeline_id: Id, query: Query[ContactQuery]
) -> Page[ContactOut]:
    """Newest first."""
    pipeline = find(pipelines(request), pipeline_id)
    rows = Contact.objects.filter(pipeline=pipeline).select_related("company")
    if query.stage:
        rows = rows.filter(stage=check_stage(pipeline, query.stage))
    return page(Page[ContactOut], rows, query, contact_out)


@router.post(
    "/pipelines/{pipeline_id}/contacts",
    response={200: ContactOut, 201: ContactOut},
    auth=can("pipeline:write"),
)
def create_contact(
    request: ApiRequest, response: HttpResponse, pipeline_id: Id, body: ContactIn
) -> Status[ContactOut]:
    """200 with whoever is here already by that email or external id, left as they are."""
    pipeline = find(pipelines(request), pipeline_id)
    person = Person(**body.model_dump(exclude={"stage"}))
    contact, is_new = add_contact(pipeline, person, stage=body.stage)
    response["Location"] = reverse("api:get_contact", args=[contact.pk])
    return Status(201 if is_new else 200, _shown(response, contact))


@router.get("/contacts/{contact_id}", response=ContactOut, auth=can("pipeline:read"))
def get_contact(request: ApiRequest, response: HttpResponse, contact_id: Id) -> ContactOut:
    return _shown(response, find(contacts(request), contact_id))


@router.patch("/contacts/{contact_id}", response=ContactOut, auth=can("pipeline:write"))
def patch_contact(
    request: ApiRequest,
    response: HttpResponse,
    contact_id: Id,
    body: ContactPatch,
    if_match: IfMatch,
) -> ContactOut:
    """Another stage is an activity `moved`, and told to the pipeline's webhooks."""
    with seen(contacts(request), contact_id, if_match, contact_tag) as contact:
        said = body.model_dump(exclude_none=True)
        stage = said.pop("stage", "")
        for name, value in said.items():
            setattr(contact, name, value)
        change_contact(contact, by=author(request), stage=stage)
    return _shown(response, contact)


@router.delete("/contacts/{contact_id}", response={204: None}, auth=can("pipeline:write"))
def drop_contact(request: ApiRequest, contact_id: Id, if_match: IfMatch) -> Status[None]:
    """With all that was done about them."""
    with seen(contacts(request), contact_id, if_match, contact_tag) as contact:
        delete_contact(contact, by=author(request))
    return Status(204, None)


@router.get(
    "/contacts/{contact_id}/activities", response=Page[ActivityOut], auth=can("pipeline:read")
)
def list_activities(
    request: ApiRequest, contact_id: Id, query: Query[PageQuery]
) -> Page[ActivityOut]:
    """What was done about someone and where it moved them, newest first."""
    rows = Activity.objects.filter(contact=find(contacts(request), contact_id))
    return page(Page[ActivityOut], rows, query, activity_out)


@router.post("/pipelines/{pipeline_id}/moves", response=MovedOut, auth=can("pipeline:write"))
def move(request: ApiRequest, pipeline_id: Id, body: MoveIn) -> MovedOut:
    """Many to one stage; each who was at another gets an activity, and is told to webhooks."""
    pipeline = find(pipelines(request), pipeline_id)
    meant = Contact.objects.filter(pk__in=body.contact_ids)
    return MovedOut(moved=move_contacts(pipeline, meant, body.stage, by=author(request)))


def _shown(response: HttpResponse, contact: Contact) -> ContactOut:
    response["ETag"] = contact_tag(contact)
    return contact_out(contact)
