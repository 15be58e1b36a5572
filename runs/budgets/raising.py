"""A person decides what a run may cost; what waits for money goes on by itself then."""

from django.db import transaction

from maestro.errors import Conflict
from maestro.workspaces.audit import record
from runs.actions.events import lock_run, tell
from runs.models import Run


@transaction.atomic
def set_run_budget(run: Run, microdollars: int | None, *, by: str) -> Run:
    """What the run, with all runs below it, may cost; None: no limit of its own.

    Of a run below another one, the root's is set. Raises Conflict when it is over.
    """
    root = lock_run(run.root_run or run)
    if root.is_finished:
        raise Conflict(f"{root.id} has already ended: {root.status}.")
    root.budget_microdollars = microdollars
    tell(root, "run.budget_set", payload={"budget_microdollars": microdollars, "by": by})
    root.save(update_fields=["budget_microdollars", "last_event"])
    told = {"budget_microdollars": microdollars}
    record(root.workspace, by, "run.budget_set", root, told)
    return root
