"""`gate`: a person approves, edits or drops each item; the run waits without holding a worker.

The decision itself is written by `runs.actions.decide`; here a gate asks, waits or runs out of time.
"""

from datetime import UTC, datetime, timedelta

from maestro.errors import InvalidNodeInput
from runs.executor import Parked, ScopeWalk, Settled
from runs.models.choices import NodeStatus
from scores.configs import GateConfig
from scores.document import NodeDocument

from .performance import JSON, Performance

APPROVED, EXPIRED = "approved", "expired"
APPROVING = {
    "rehearsal": "A rehearsal approves everything; nobody was asked.",
    "plan": "Approved unasked, so that the plan gets to what is behind: whoever applies the plan "
    "decides on each effect.",
    "applied_plan": "Approved with the plan: each effect behind it was decided on when it was applied.",
}


async def play(
    performance: Performance, scope: ScopeWalk, node: NodeDocument, given: JSON, iteration: str
) -> Settled:
    """Nothing to decide settles at once; a rehearsal or a plan approves all, so that it gets to what
    is behind, and says so; else Parked."""
    config = GateConfig.model_validate(node.config)
    items = given if config.items_field is None else given.get(config.items_field)
    items = [items] if config.items_field is None else items
    if not isinstance(items, list):
        message = f"{node.key} decides on the field {config.items_field}, which is not a list here."
        return performance.fail(node, iteration, given, InvalidNodeInput(message))
    if not items or _approves(performance) in APPROVING:
        return await _settle(performance, node, given, iteration, APPROVED, items)
    expires = _expires(performance, node, iteration, config)
    if expires is not None and expires <= datetime.now(UTC):
        return await _settle(performance, node, given, iteration, EXPIRED, items)
    await _ask(performance, node, given, iteration, items)
    raise Parked("gate", resume_at=expires)


def _expires(
    performance: Performance, node: NodeDocument, iteration: str, config: GateConfig
) -> datetime | None:
    """Counted from when the person was asked, however often the run was resumed since."""
    if config.expires_after_seconds is None:
        return None
    asked = performance.last_attempt(node, iteration)
    began = asked.started_at if asked and asked.started_at else datetime.now(UTC)
    return began + timedelta(seconds=config.expires_after_seconds)


async def _ask(
    performance: Performance, node: NodeDocument, given: JSON, iteration: str, items: list[object]
) -> None:
    """The row that waits; on a resume it is there already."""
    if performance.last_attempt(node, iteration) is not None:
        return
    performance.journal.record(
        performance.entry(
            node,
            iteration,
            NodeStatus.WAITING,
            input=given,
            output={"items": items},
            started_at=datetime.now(UTC),
            finished_at=None,
        )
    )
    await performance.journal.flush(performance.run.claim)


async def _settle(
    performance: Performance,
    node: NodeDocument,
    given: JSON,
    iteration: str,
    port: str,
    items: list[object],
) -> Settled:
    approved, dropped = (items, []) if port == APPROVED else ([], items)
    output = {"approved": approved, "dropped": dropped}
    note = _approved_unasked(performance, node.key) if items and port == APPROVED else None
    await performance.record(
        performance.entry(
            node,
            iteration,
            NodeStatus.SUCCEEDED,
            port=port,
            input=given,
            output=output,
            error=note,
            started_at=datetime.now(UTC),
        )
    )
    return Settled(NodeStatus.SUCCEEDED, port, output)


def _approved_unasked(performance: Performance, node: str) -> JSON:
    by = _approves(performance)
    return {"code": f"approved_by_{by}", "message": APPROVING[by], "node": node, "details": {}}


def _approves(performance: Performance) -> str:
    earlier = performance.earlier
    return "applied_plan" if earlier and earlier.is_plan else performance.run.mode
