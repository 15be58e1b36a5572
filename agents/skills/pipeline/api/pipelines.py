"""Pipelines over REST: who is in them, in pages or as one table, and a table of new ones in."""

from typing import Annotated, cast

from django.http import HttpResponse
from django.urls import reverse
from ninja import Query, Router, Status

from maestro.rest.etags import seen
from maestro.rest.paging import Page, PageQuery, page
from maestro.rest.shapes import Id, IfMatch, find
from maestro.workspaces.bearer import ApiRequest, author, can

from .. import transfer
from ..models import Pipeline
from ..schemas import (
    ContactsIn,
    ImportedOut,
    PipelineIn,
    PipelineOut,
    PipelinePatch,
    StageQuery,
    pipeline_tag,
)
from ..shaping import PipelineFields, change_pipeline, delete_pipeline, make_pipeline
from .rows import pipelines

router = Router()
Confirm = Annotated[bool, Query(description="With all its contacts.")]


@router.get("/pipelines", response=Page[PipelineOut], auth=can("pipeline:read"))
def list_pipelines(request: ApiRequest, query: Query[PageQuery]) -> Page[PipelineOut]:
    return page(Page[PipelineOut], pipelines(request), query, PipelineOut.model_validate)


@router.post("/pipelines", response={201: PipelineOut}, auth=can("pipeline:write"))
def create_pipeline(
    request: ApiRequest, response: HttpResponse, body: PipelineIn
) -> Status[PipelineOut]:
    """Without `stages` it has the usual ones of its kind; its slug is made from the name."""
    fields = body.model_dump()
    made = make_pipeline(request.auth.workspace, by=author(request), **fields)
    response["Location"] = reverse("api:get_pipeline", args=[made.pk])
    return Status(201, _shown(response, made))


@router.get("/pipelines/{pipeline_id}", response=PipelineOut, auth=can("pipeline:read"))
def get_pipeline(request: ApiRequest, response: HttpResponse, pipeline_id: Id) -> PipelineOut:
    return _shown(response, find(pipelines(request), pipeline_id))


@router.patch("/pipelines/{pipeline_id}", response=PipelineOut, auth=can("pipeline:write"))
def patch_pipeline(
    request: ApiRequest,
    response: HttpResponse,
    pipeline_id: Id,
    body: PipelinePatch,
    if_match: IfMatch,
) -> PipelineOut:
    """Some of its fields; 409 `in_use` while contacts stand at a stage that would go. Nodes name it by its slug."""
    with seen(pipelines(request), pipeline_id, if_match, pipeline_tag) as pipeline:
        fields = cast(PipelineFields, body.model_dump(exclude_none=True))
        change_pipeline(pipeline, fields, by=author(request))
    return _shown(response, pipeline)


@router.delete("/pipelines/{pipeline_id}", response={204: None}, auth=can("pipeline:write"))
def drop_pipeline(
    request: ApiRequest, pipeline_id: Id, if_match: IfMatch, confirm: Confirm = False
) -> Status[None]:
    """With its contacts, what was done about them, and its webhooks; 409 `in_use` without `confirm`, while
    there are contacts."""
    with seen(pipelines(request), pipeline_id, if_match, pipeline_tag) as pipeline:
        delete_pipeline(pipeline, by=author(request), confirmed=confirm)
    return Status(204, None)


@router.get(
    "/pipelines/{pipeline_id}/contacts.csv",
    auth=can("pipeline:read"),
    openapi_extra={
        "responses": {
            200: {"description": "OK", "content": {"text/csv": {"schema": {"type": "string"}}}}
        }
    },
)
def export_contacts(request: ApiRequest, pipeline_id: Id, query: Query[StageQuery]) -> HttpResponse:
    """All of them, oldest first, in the columns that an import reads.

    What a spreadsheet would run as a formula has a ' in front; an import takes it off again.
    """
    text = transfer.export_contacts(find(pipelines(request), pipeline_id), stage=query.stage)
    return HttpResponse(text, content_type="text/csv; charset=utf-8")


@router.post("/pipelines/{pipeline_id}/imports", response=ImportedOut, auth=can("pipeline:write"))
def import_contacts(request: ApiRequest, pipeline_id: Id, body: ContactsIn) -> ImportedOut:
    """Adds who is new, and tells what became of each row; sent again, everyone is known.

    With `move`, who is known goes to the stage that the table names.
    """
    pipeline = find(pipelines(request), pipeline_id)
    told = transfer.import_contacts(pipeline, body.csv, author=author(request), moves=body.move)
    return ImportedOut.model_validate(told)


def _shown(response: HttpResponse, pipeline: Pipeline) -> PipelineOut:
    response["ETag"] = pipeline_tag(pipeline)
    return PipelineOut.model_validate(pipeline)
