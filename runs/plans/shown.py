"""The effects of a plan as people and programs look at them: arguments, decision, and what came of it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from agents.skills import registry
from maestro.errors import UnknownOperation
from runs.models import Decision, EffectDecision, NodeStatus, Reuse, Run, RunNode
from runs.reuse.plans import planned_effects

from .foreseen import Foreseen, foresee

JSON = dict[str, Any]


@dataclass(frozen=True)
class ShownEffect:
    """`outcome`: the row of it in the run that applied the plan; None: not reached, or not applied.

    `changes`: what dropping others makes of its arguments. `is_fallen`: it is not reached without them.
    """

    row: RunNode
    arguments: JSON
    outcome: RunNode | None
    changes: list[JSON]
    is_fallen: bool

    @property
    def decided(self) -> EffectDecision | None:
        return getattr(self.row, "decision", None)

    @property
    def decision(self) -> str:
        return self.decided.decision if self.decided else ""

    @property
    def now(self) -> JSON:
        """The arguments that are to be sent, or once it has happened those that were."""
        if self.outcome is not None and self.outcome.status == NodeStatus.SUCCEEDED:
            return arguments_of(self.outcome)
        edited = self.decided.arguments if self.decided else None
        return self.arguments if edited is None else edited


def application_of(plan: Run) -> Run | None:
    return Run.objects.filter(source_run=plan, reuse=Reuse.APPLY).first()


def shown_effects(
    rows: Iterable[RunNode], application: Run | None, foreseen: Foreseen
) -> list[ShownEffect]:
    """One query for the outcomes of all of them."""
    rows = list(rows)
    outcomes = _outcomes(application, [row.pk for row in rows]) if application else {}
    return [
        ShownEffect(
            row,
            arguments_of(row),
            outcomes.get(row.pk),
            foreseen.changed.get(row.pk, []),
            row.pk in foreseen.fallen,
        )
        for row in rows
    ]


def foreseen_for(plan: Run, application: Run | None) -> Foreseen:
    """Nothing once the plan is applied: then there are outcomes."""
    return foresee(plan) if application is None else Foreseen()


def arguments_of(row: RunNode) -> JSON:
    """What the operation is called with, of all that its node was given."""
    try:
        return registry.find(*row.operation.split(".", 1)).arguments(row.input or {})
    except UnknownOperation:
        return dict(row.input or {})


def counted(plan: Run) -> list[tuple[str, int]]:
    """How many effects each operation would have, the most first."""
    return Counter(planned_effects(plan).values_list("operation", flat=True)).most_common()


def dropped(plan: Run) -> int:
    """How many effects somebody has dropped so far."""
    return planned_effects(plan).filter(decision__decision=Decision.DROP).count()


def _outcomes(application: Run, effects: list[int]) -> dict[int, RunNode]:
    rows = RunNode.objects.filter(
        Q(run=application) | Q(run__root_run=application), source_node_id__in=effects
    )
    return {row.source_node_id or 0: row for row in rows.order_by("attempt")}
