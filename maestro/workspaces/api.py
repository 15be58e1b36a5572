"""The workspace of whoever calls, over REST."""

from ninja import Router

from .bearer import ApiRequest, can
from .schemas import WorkspaceOut, workspace_out

router = Router(tags=["Workspace"])


@router.get("/workspace", response=WorkspaceOut, auth=can())
def get_workspace(request: ApiRequest) -> WorkspaceOut:
    """The workspace, and what the key may do in it; a person's session has none."""
    return workspace_out(request.auth)
