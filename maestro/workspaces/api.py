"""The workspace of whoever calls, over REST."""

from dataclasses import replace
from typing import cast

from django.http import HttpResponse
from ninja import Router

from maestro.rest.etags import content_tag, seen
from maestro.rest.shapes import IfMatch

from .bearer import ApiRequest, author, can
from .changing import WorkspaceFields, change_workspace
from .models import Workspace
from .schemas import WorkspaceOut, WorkspacePatch, workspace_out

router = Router(tags=["Workspace"])


@router.get("/workspace", response=WorkspaceOut, auth=can())
def get_workspace(request: ApiRequest, response: HttpResponse) -> WorkspaceOut:
    """The workspace, and what the key may do in it; a person's session has none."""
    return _shown(request, response, request.auth.workspace)


@router.patch("/workspace", response=WorkspaceOut, auth=can("workspace:write"))
def patch_workspace(
    request: ApiRequest, response: HttpResponse, body: WorkspacePatch, if_match: IfMatch
) -> WorkspaceOut:
    """Some of its fields; `{"monthly_budget_microdollars": null}` is no limit."""
    mine = Workspace.objects.filter(pk=request.auth.workspace.pk)
    with seen(mine, request.auth.workspace.pk, if_match, workspace_tag) as workspace:
        fields = cast(WorkspaceFields, body.model_dump(exclude_unset=True))
        workspace = change_workspace(workspace, fields, author=author(request))
    return _shown(request, response, workspace)


def workspace_tag(workspace: Workspace) -> str:
    return content_tag(WorkspacePatch.model_validate(workspace, from_attributes=True))


def _shown(request: ApiRequest, response: HttpResponse, workspace: Workspace) -> WorkspaceOut:
    response["ETag"] = workspace_tag(workspace)
    return workspace_out(replace(request.auth, workspace=workspace))
