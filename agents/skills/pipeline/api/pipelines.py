"""Pipelines over REST: who is in them, in pages or as one table, and a table of new ones in."""

from django.http import HttpResponse
from ninja import Query, Router

from maestro.rest.paging import Page, PageQuery, page
from maestro.rest.shapes import Id, find
from maestro.workspaces.bearer import ApiRequest, author, can

from .. import transfer
from ..schemas import (
    ContactsIn,
    ImportedOut,
    PipelineOut,
    StageQuery,
)
from .rows import pipelines

router = Router()


@router.get("/pipelines", response=Page[PipelineOut], auth=can("pipeline:read"))
def list_pipelines(request: ApiRequest, query: Query[PageQuery]) -> Page[PipelineOut]:
    return page(Page[PipelineOut], pipelines(request), query, PipelineOut.model_validate)


@router.get("/pipelines/{pipeline_id}", response=PipelineOut, auth=can("pipeline:read"))
def get_pipeline(request: ApiRequest, pipeline_id: Id) -> PipelineOut:
    return PipelineOut.model_validate(find(pipelines(request), pipeline_id))


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
