"""Applying a plan: a live run in which the approved effects happen, and nothing else."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction

from maestro.errors import Conflict
from maestro.workspaces import audit
from runs.actions.effects import (
    EffectChoice,
    approve_the_rest,
    decide_effects,
    require_open,
)
from runs.actions.events import lock_run
from runs.actions.overlap import lock_orchestra, save_by_policy_or_refuse
from runs.models import Mode, Reuse, Run, Trigger
from runs.reuse.plans import holding_rows, planned_effects

from .foreseen import Foreseen, foresee

JSON = dict[str, Any]


class Unseen(Conflict):
    """What was dropped makes something else of other effects: look first, then apply."""


@transaction.atomic
def apply_plan(
    plan: Run,
    choices: Sequence[EffectChoice] = (),
    *,
    started_by: str,
    idempotency_key: str | None = None,
    request_sha256: str | None = None,
    accepts: Callable[[Foreseen], bool] = lambda foreseen: True,
) -> Run:
    """Once for each plan; what nobody decided on is approved.

    Its reads and model calls are taken over as they were planned, on what the plan was pinned to.
    `accepts`: whether whoever applies it has seen what dropping effects makes of the others. Raises
    as `decide_effects`, Unseen where it is not accepted, and Conflict for a plan without effects, or
    where the overlap policy of its orchestra would skip it.
    """
    orchestra = lock_orchestra(plan.orchestra_id)
    plan = lock_run(plan)
    require_open(plan)
    if not planned_effects(plan).exists():
        raise Conflict(f"{plan.pk} would change nothing, so there is nothing to apply.")
    decide_effects(plan, choices, by=started_by)
    foreseen = foresee(plan)
    if foreseen.is_to_be_seen and not accepts(foreseen):
        raise _unseen(foreseen)
    counts = approve_the_rest(plan, by=started_by)
    run = Run(
        workspace_id=plan.workspace_id,
        score_id=plan.score_id,
        score_version=plan.score_version,
        orchestra=orchestra,
        budget_microdollars=orchestra.run_budget_microdollars if orchestra else None,
        mode=Mode.LIVE,
        trigger=Trigger.REPLAY,
        input=plan.input,
        pins={**plan.pins, "source": _source(plan, foreseen)},
        source_run=plan,
        reuse=Reuse.APPLY,
        fence=1,  # a first claim raises it to 2: from then on a player reads what is recorded
        started_by=started_by,
        idempotency_key=idempotency_key,
        request_sha256=request_sha256,
    )
    save_by_policy_or_refuse(run, orchestra)
    holding_rows(plan).copy_to(run)
    audit.record(plan.workspace, started_by, "plan.applied", plan, {"run": run.pk, **counts})
    return run


def _source(plan: Run, foreseen: Foreseen) -> JSON:
    inputs = {str(row): values for row, values in foreseen.inputs.items()}
    return {"run": plan.pk, "use": Reuse.APPLY.value} | ({"foreseen": inputs} if inputs else {})


def _unseen(foreseen: Foreseen) -> Unseen:
    changes = [{"id": id, "changes": told} for id, told in foreseen.changed.items()]
    count = f"{len(changes)} other effect{'' if len(changes) == 1 else 's'}"
    said = [f"changes {count}"] if changes else []
    said += (
        [f"calls for writes that nobody planned ({', '.join(foreseen.new)})"]
        if foreseen.new
        else []
    )
    message = f"What is dropped {' and '.join(said)}: look at that first."
    return Unseen(message, changed=changes, new=foreseen.new)
