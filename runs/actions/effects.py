"""A person's decisions on the effects of a plan: approve, edit or drop each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from agents.skills import registry
from agents.skills.outcome import check_json
from maestro.errors import Conflict, InvalidInput, NodeError
from runs.models import Decision, EffectDecision, Mode, Reuse, Run, RunNode, RunStatus
from runs.reuse.plans import planned_effects

from .events import lock_run

JSON = dict[str, Any]


@dataclass(frozen=True, slots=True)
class EffectChoice:
    """What becomes of the effect with this id; `arguments` are those of an edited one, all of them."""

    id: int
    decision: Decision
    arguments: JSON | None = None


@transaction.atomic
def decide_effects(plan: Run, choices: Sequence[EffectChoice], *, by: str) -> None:
    """Keep the decisions until the plan is applied; later ones replace earlier ones.

    Raises Conflict when the plan cannot be applied (any more), InvalidInput for an effect that is
    none of the plan's, or arguments that its operation would not take.
    """
    require_open(lock_run(plan))
    effects = planned_effects(plan).in_bulk([choice.id for choice in choices])
    unknown = sorted({choice.id for choice in choices} - effects.keys())
    if unknown:
        raise InvalidInput("These are no effects of the plan.", unknown=unknown)
    rows = {choice.id: _row(choice, effects[choice.id], by) for choice in choices}
    _save(rows.values())


def approve_the_rest(plan: Run, *, by: str) -> dict[str, int]:
    """Approve what nobody decided on; how many of each decision there are then."""
    effects = list(planned_effects(plan).only("id", "decision"))
    undecided = [effect for effect in effects if not hasattr(effect, "decision")]
    EffectDecision.objects.bulk_create(
        EffectDecision(node=effect, decision=Decision.APPROVE, decided_by=by)
        for effect in undecided
    )
    said = [effect.decision.decision for effect in effects if hasattr(effect, "decision")]
    counts = {choice.value: said.count(choice) for choice in Decision}
    return {**counts, Decision.APPROVE.value: counts["approve"] + len(undecided)}


def require_open(plan: Run) -> None:
    """Conflict, with the reason, for anything but a plan that succeeded and was not applied yet."""
    if plan.mode != Mode.PLAN:
        raise Conflict(f"{plan.pk} is no plan; its mode is {plan.mode}.")
    if plan.parent_run_id is not None:
        raise Conflict(f"{plan.pk} is part of {plan.root_run_id}: decide on and apply that one.")
    applied = Run.objects.filter(source_run=plan, reuse=Reuse.APPLY).first()
    if applied is not None:
        raise Conflict(f"{plan.pk} was applied already, by {applied.pk}.", run=applied.pk)
    if plan.status != RunStatus.SUCCEEDED:
        raise Conflict(f"{plan.pk} is {plan.status}; only a plan that succeeded can be applied.")


def _row(choice: EffectChoice, effect: RunNode, by: str) -> EffectDecision:
    edits = choice.decision == Decision.EDIT
    if edits != (choice.arguments is not None):
        raise InvalidInput(f"Effect {choice.id}: an edit, and nothing else, brings arguments.")
    if choice.arguments is not None:
        _check(choice.id, effect.operation, choice.arguments)
    return EffectDecision(
        node=effect,
        decision=choice.decision,
        arguments=choice.arguments,
        decided_by=by,
        decided_at=timezone.now(),
    )


def _check(id: int, name: str, arguments: JSON) -> None:
    """By the operation's own input model."""
    try:
        operation = registry.find(*name.split(".", 1))
        check_json(arguments)
        operation.prepare(arguments)
    except NodeError as error:
        fields: Any = error.details.get("fields", [])
        faults = [
            {"place": f"arguments.{fault['place']}", "message": fault["message"]}
            for fault in fields
        ]
        told = "; ".join(f"{fault['place']}: {fault['message']}" for fault in faults)
        message = f"Effect {id}: {error.message}{told and f' ({told})'}."
        raise InvalidInput(message, effect=id, errors=faults) from None
    unknown = sorted(arguments.keys() - operation.arguments(arguments).keys())
    if unknown:
        message = f"Effect {id}: {name} takes no {', '.join(unknown)}."
        raise InvalidInput(message, effect=id, unknown=unknown)


def _save(rows: Iterable[EffectDecision]) -> None:
    EffectDecision.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["node"],
        update_fields=["decision", "arguments", "decided_by", "decided_at"],
    )
