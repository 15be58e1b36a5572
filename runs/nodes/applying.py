"""An effect of a plan that is applied: it happens as it was approved, or not at all."""

from dataclasses import dataclass
from typing import Any

from agents.skills.operation import Operation
from maestro.errors import NodeError
from runs.executor import Settled
from runs.models import Decision, EffectDecision, NodeStatus, RunNode
from runs.reuse.plans import DROPPED, PLANNED
from scores.document import SUCCESS, NodeDocument
from scores.transform import carry

from .attempts import Step
from .explaining import Comparison
from .performance import Performance
from .taking_over import compare, counterpart

JSON = dict[str, Any]
TOLD = 3  # differences in a message; its details have more


class NotAsPlanned(NodeError):
    """It would be another effect than the approved one; `details["differences"]` says where.

    `planned` is the row of the effect that was approved, if there is one.
    """

    code = "not_as_planned"
    planned: int | None = None


@dataclass(frozen=True, slots=True)
class Ruling:
    """What was decided on the effect that `planned` is the row of.

    `given`: what the operation is called with; None when the effect was dropped.
    """

    planned: RunNode
    given: JSON | None
    by: str

    @property
    def note(self) -> JSON:
        message = f"Dropped by {self.by} before the plan was applied."
        node = self.planned.node_key
        return {"code": DROPPED, "message": message, "node": node, "details": {}}


async def rule(performance: Performance, operation: Operation, step: Step) -> Ruling | None:
    """What was decided on this call of a node; None when the run applies no plan, or it writes nothing.

    Raises NotAsPlanned when the plan has no such call, or it would be another one by now.
    """
    earlier = performance.earlier
    if earlier is None or not earlier.is_plan or operation.happens_in("plan"):
        return None
    row = await counterpart(performance, step.node.key, step.iteration)
    if row is None or (row.error or {}).get("code") != PLANNED:
        raise not_in_the_plan(operation.full_name)
    settled = counted_by_joins(performance, step.node) | edited_fields(row, operation)
    compared = compare(performance, step.node, row, step.given, leave_out=settled)
    if not compared.is_as_planned:
        changed = changed_since(operation.full_name, compared)
        changed.planned = row.pk
        raise changed
    return rule_on(row, operation, step.given, compared)


def rule_on(row: RunNode, operation: Operation, given: JSON, compared: Comparison) -> Ruling:
    """What was decided on this effect, for a call that is as planned.

    An edited argument is as it was edited; all others are what they are now, which is what was
    approved but for values that real writes gave in place of samples.
    """
    decision: EffectDecision | None = getattr(row, "decision", None)
    by = decision.decided_by if decision else ""
    if decision is None or decision.decision == Decision.DROP:
        return Ruling(row, None, by or "nobody's approval")
    if decision.decision == Decision.APPROVE:
        return Ruling(row, given, by)
    planned, now = operation.arguments(row.input or {}), operation.arguments(given)
    edited = {
        name: now[name]
        if name in now and planned.get(name) == value
        else compared.carried_over(value)
        for name, value in (decision.arguments or {}).items()
    }
    beside = {name: value for name, value in given.items() if name not in now}
    return Ruling(row, {**beside, **edited}, by)


async def drop(performance: Performance, step: Step, ruling: Ruling) -> Settled:
    """Nothing follows from an effect that was dropped."""
    await performance.record(
        performance.entry(
            step.node,
            step.iteration,
            NodeStatus.SKIPPED,
            input=step.given,
            error=ruling.note,
            operation=ruling.planned.operation,
            effect=ruling.planned.effect,
            source_node_id=ruling.planned.pk,
        )
    )
    return Settled(NodeStatus.SKIPPED)


def edited_fields(row: RunNode, operation: Operation) -> set[str]:
    """Arguments that a person has worded, whatever the nodes before would give."""
    decision: EffectDecision | None = getattr(row, "decision", None)
    if decision is None or decision.arguments is None:
        return set()
    planned, edited = operation.arguments(row.input or {}), decision.arguments
    names = planned.keys() | edited.keys()
    return {name for name in names if planned.get(name) != edited.get(name)}


def changed_since(what: str, compared: Comparison) -> NotAsPlanned:
    """With each difference that no real write explains; as when less happened than was planned, and
    a text would say so. Which of the two should be sent, only a person can say."""
    found = [one.as_json() for one in compared.differences[:20]]
    told = "; ".join(one.in_words() for one in compared.differences[:TOLD])
    more = f"; and {len(found) - TOLD} more" if len(found) > TOLD else ""
    message = (
        f"{what} did not happen, because it would not be what was approved: "
        f"{told or 'a list differs from the plan'}{more}. Repair the run to let it happen as it is "
        "now, or plan anew."
    )
    return NotAsPlanned(message, differences=found)


def not_in_the_plan(what: str) -> NotAsPlanned:
    return NotAsPlanned(f"{what} is not among the effects of the plan, so nobody approved it.")


def counted_by_joins(performance: Performance, node: NodeDocument) -> set[str]:
    """Fields that say how many items of a map just ended, or failed: known when they have, never
    before, so they are told as they turned out."""
    scope = performance.graph.scope(performance.graph.owner_of(node.key))
    counts: set[str] = set()
    for edge in scope.into[node.key]:
        source = performance.graph.nodes[edge.source]
        if source.subkind == "map_over" and edge.from_port == SUCCESS:
            counts |= carry(dict.fromkeys(("ended", "errors")), edge.transform).keys()
    return counts
