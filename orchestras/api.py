"""Orchestras over REST; their runs are started in `runs.api`."""

from itertools import islice

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from ninja import Query, Router, Status
from pydantic import Field

from maestro.rest.etags import seen
from maestro.rest.paging import Page, PageQuery, page
from maestro.rest.shapes import JSON, Id, IfMatch, find
from maestro.rest.shapes import Query as Filters
from maestro.workspaces.bearer import ApiRequest, author, can
from orchestras import actions
from orchestras.models import Orchestra, OrchestraQuerySet
from orchestras.schedule import fires
from orchestras.schemas import (
    FiresOut,
    OrchestraIn,
    OrchestraOut,
    OrchestraPatch,
    orchestra_out,
    orchestra_tag,
)
from orchestras.written import create_written, save_written

router = Router(tags=["Orchestras"])


class FiresQuery(Filters):
    count: int = Field(5, ge=1, le=50)


@router.get("/orchestras", response=Page[OrchestraOut], auth=can("orchestra:read"))
def list_orchestras(request: ApiRequest, query: Query[PageQuery]) -> Page[OrchestraOut]:
    """Newest first."""
    return page(Page[OrchestraOut], _orchestras(request), query, orchestra_out)


@router.post("/orchestras", response={201: OrchestraOut}, auth=can("orchestra:write"))
def create_orchestra(
    request: ApiRequest, response: HttpResponse, body: OrchestraIn
) -> Status[OrchestraOut]:
    """409 when it is to be enabled and a slot of its score is filled by no secret."""
    orchestra = create_written(request.auth.workspace, body.model_dump(), author=author(request))
    response["Location"] = reverse("api:get_orchestra", args=[orchestra.id])
    return Status(201, _shown(request, response, orchestra.id))


@router.get("/orchestras/{orchestra_id}", response=OrchestraOut, auth=can("orchestra:read"))
def get_orchestra(request: ApiRequest, response: HttpResponse, orchestra_id: Id) -> OrchestraOut:
    return _shown(request, response, orchestra_id)


@router.put("/orchestras/{orchestra_id}", response=OrchestraOut, auth=can("orchestra:write"))
def replace_orchestra(
    request: ApiRequest,
    response: HttpResponse,
    orchestra_id: Id,
    body: OrchestraIn,
    if_match: IfMatch,
) -> OrchestraOut:
    """The whole orchestra anew. Its score may change only while it has no runs."""
    return _save(request, response, orchestra_id, body.model_dump(), if_match)


@router.patch("/orchestras/{orchestra_id}", response=OrchestraOut, auth=can("orchestra:write"))
def change_orchestra(
    request: ApiRequest,
    response: HttpResponse,
    orchestra_id: Id,
    body: OrchestraPatch,
    if_match: IfMatch,
) -> OrchestraOut:
    """Some of its fields: `{"enabled": true}` switches its clock on."""
    return _save(request, response, orchestra_id, body.model_dump(exclude_unset=True), if_match)


@router.delete("/orchestras/{orchestra_id}", response={204: None}, auth=can("orchestra:write"))
def delete_orchestra(request: ApiRequest, orchestra_id: Id, if_match: IfMatch) -> Status[None]:
    """Its finished runs stay; 409 `in_use` while it has others."""
    with seen(_orchestras(request), orchestra_id, if_match, orchestra_tag) as orchestra:
        actions.delete_orchestra(orchestra, author=author(request))
    return Status(204, None)


@router.get("/orchestras/{orchestra_id}/fires", response=FiresOut, auth=can("orchestra:read"))
def list_next_fires(request: ApiRequest, orchestra_id: Id, query: Query[FiresQuery]) -> FiresOut:
    """The next times its schedule names, enabled or not."""
    orchestra = find(_orchestras(request), orchestra_id)
    if not orchestra.cron:
        return FiresOut(items=[])
    coming = fires(orchestra.cron, orchestra.zone, timezone.now())
    return FiresOut(items=list(islice(coming, query.count)))


def _orchestras(request: ApiRequest) -> OrchestraQuerySet:
    mine = Orchestra.objects.with_status().filter(workspace=request.auth.workspace)
    return mine.select_related("workspace").prefetch_related("bindings__secret")


def _save(
    request: ApiRequest,
    response: HttpResponse,
    orchestra_id: str,
    written: JSON,
    if_match: str | None,
) -> OrchestraOut:
    with seen(_orchestras(request), orchestra_id, if_match, orchestra_tag) as orchestra:
        save_written(orchestra, written, author=author(request))
    return _shown(request, response, orchestra_id)


def _shown(request: ApiRequest, response: HttpResponse, orchestra_id: str) -> OrchestraOut:
    orchestra = find(_orchestras(request), orchestra_id)
    response["ETag"] = orchestra_tag(orchestra)
    return orchestra_out(orchestra)
