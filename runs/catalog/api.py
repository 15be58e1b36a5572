"""The catalog over REST; what each operation takes and gives is at `/skills`."""

from typing import Annotated

from ninja import Path, Query, Router

from maestro.rest.paging import Page
from maestro.workspaces.bearer import ApiRequest, author, can
from runs.trials import try_operation

from .entries import catalog_of, detail_of, find_operation
from .schemas import (
    OperationDetailOut,
    OperationFilters,
    TrialIn,
    TrialOut,
    UsedOperationOut,
    operation_detail_out,
    trial_out,
    used_operation_out,
)

router = Router(tags=["Skills"])
Name = Annotated[str, Path(pattern=r"^[A-Za-z0-9_.-]{1,200}$", description="Like http.get.")]


@router.get("/operations", response=Page[UsedOperationOut], auth=can("score:read", "agent:read"))
def list_operations(request: ApiRequest, query: Query[OperationFilters]) -> Page[UsedOperationOut]:
    """Who uses each operation and how it did of late; all on one page."""
    catalog = catalog_of(request.auth.workspace)
    entries = [entry for one in catalog for entry in one.entries if query.lets(entry)]
    items = [used_operation_out(entry) for entry in entries]
    return Page[UsedOperationOut](items=items, next_cursor=None)


@router.get("/operations/{name}", response=OperationDetailOut, auth=can("score:read", "agent:read"))
def get_operation(request: ApiRequest, name: Name) -> OperationDetailOut:
    """With the scores and agents that use it, the health of its secrets and its last errors."""
    workspace = request.auth.workspace
    return operation_detail_out(detail_of(workspace, find_operation(workspace, name)))


@router.post("/operations/{name}/try", response=TrialOut, auth=can("run:write"))
def try_one_operation(request: ApiRequest, name: Name, body: TrialIn) -> TrialOut:
    """Call it once, for real, with the workspace's secrets, limits and budget. 409 without `confirm` for a
    write, and for what asks a model: `details.price` says in micro-dollars what that may cost."""
    workspace = request.auth.workspace
    trial = try_operation(
        workspace,
        find_operation(workspace, name),
        body.input,
        by=author(request),
        confirmed=body.confirm,
    )
    return trial_out(trial)
