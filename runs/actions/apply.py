"""Applying a plan: a live run in which the approved effects happen, and nothing else."""

from collections.abc import Sequence

from django.db import transaction

from maestro.errors import Conflict
from maestro.workspaces import audit
from runs.models import Mode, Reuse, Run, Trigger
from runs.reuse.plans import holding_rows, planned_effects

from .effects import EffectChoice, approve_the_rest, decide_effects, require_open
from .events import lock_run
from .overlap import lock_orchestra, save_by_policy_or_refuse


@transaction.atomic
def apply_plan(
    plan: Run,
    choices: Sequence[EffectChoice] = (),
    *,
    started_by: str,
    idempotency_key: str | None = None,
    request_sha256: str | None = None,
) -> Run:
    """Once for each plan; what nobody decided on is approved.

    Its reads and model calls are taken over as they were planned, on what the plan was pinned to.
    Raises as `decide_effects`, and Conflict for a plan without effects, or where the overlap policy
    of its orchestra would skip it.
    """
    orchestra = lock_orchestra(plan.orchestra_id)
    plan = lock_run(plan)
    require_open(plan)
    if not planned_effects(plan).exists():
        raise Conflict(f"{plan.pk} would change nothing, so there is nothing to apply.")
    decide_effects(plan, choices, by=started_by)
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
        pins={**plan.pins, "source": {"run": plan.pk, "use": Reuse.APPLY.value}},
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
