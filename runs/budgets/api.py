"""Budgets over REST: how they stand, and what a run may cost."""

from ninja import Router

from maestro.rest.shapes import Id, find
from maestro.workspaces.bearer import ApiRequest, author, can
from orchestras.models import Orchestra
from runs.models import Run

from . import caps_of_orchestra, caps_of_run, caps_of_workspace, set_run_budget
from .schemas import BudgetsOut, RunBudgetIn, budgets_out

router = Router(tags=["Budgets"])


@router.get("/workspace/budget", response=BudgetsOut, auth=can("run:read"))
def get_budget_of_workspace(request: ApiRequest) -> BudgetsOut:
    """What all runs have spent this month, by the workspace's calendar."""
    return budgets_out(caps_of_workspace(request.auth.workspace))


@router.get("/orchestras/{orchestra_id}/budget", response=BudgetsOut, auth=can("run:read"))
def get_budgets_of_orchestra(request: ApiRequest, orchestra_id: Id) -> BudgetsOut:
    """Its own budget and its workspace's."""
    rows = Orchestra.objects.in_workspace(request.auth.workspace).select_related("workspace")
    return budgets_out(caps_of_orchestra(find(rows, orchestra_id)))


@router.get("/runs/{run_id}/budget", response=BudgetsOut, auth=can("run:read"))
def get_budgets_of_run(request: ApiRequest, run_id: Id) -> BudgetsOut:
    """Its own (of a run below another one, the root's), its orchestra's and its workspace's."""
    return budgets_out(caps_of_run(_find_run(request, run_id)))


@router.post("/runs/{run_id}/budget", response=BudgetsOut, auth=can("run:write"))
def set_budget_of_run(request: ApiRequest, run_id: Id, body: RunBudgetIn) -> BudgetsOut:
    """What it may cost; a run that waits for money goes on within a second or two. 409 when it is over."""
    run = _find_run(request, run_id)
    set_run_budget(run, body.budget_microdollars, by=author(request))
    return budgets_out(caps_of_run(run))


def _find_run(request: ApiRequest, run_id: str) -> Run:
    rows = Run.objects.in_workspace(request.auth.workspace).select_related("root_run")
    return find(rows, run_id)
