"""`gate`: a person approves, edits or drops each item; the run waits without holding a worker.

The decision itself is written by `runs.actions.decide`; here a gate asks, waits or runs out of time.
In a repaired run it asks about what is new: a decision on an item that comes as it came before is kept.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from maestro.errors import InvalidNodeInput
from runs.executor import Parked, ScopeWalk, Settled
from runs.models import NodeStatus, Reuse, RunNode
from runs.reuse.decisions import KEPT, carried_over, given_decisions, in_order
from scores.configs import GateConfig
from scores.document import NodeDocument

from .outage import ask_database
from .performance import JSON, Performance
from .taking_over import counterpart

APPROVED, REFUSED, EXPIRED = "approved", "refused", "expired"
APPROVING = {
    "rehearsal": "A rehearsal approves everything; nobody was asked.",
    "plan": "Approved unasked, so that the plan gets to what is behind: whoever applies the plan "
    "decides on each effect.",
    "applied_plan": "Approved with the plan: each effect behind it was decided on when it was applied.",
}


@dataclass(frozen=True)
class Asked:
    """A gate with the items that came to it. `kept`: decisions given on some of them in the run that is
    repaired, at the row `source`."""

    performance: Performance
    node: NodeDocument
    given: JSON
    iteration: str
    items: list[Any]
    kept: list[JSON] = field(default_factory=list)
    source: RunNode | None = None

    @cached_property
    def open(self) -> list[Any]:
        """The items that nobody has decided on."""
        decided = {one["index"] for one in self.kept}
        return [item for index, item in enumerate(self.items) if index not in decided]

    def note(self, said: str = "") -> JSON | None:
        """Says on the row what was not asked, what was decided on it, and `said`."""
        if not self.kept or self.source is None:
            return None
        run = self.source.run_id
        message = (
            f"Of {len(self.items)} items {len(self.open)} are new or have changed; on the others the "
            f"decisions given in {run} are kept.{said}"
        )
        details = {"run": run, "decisions": self.kept}
        return {"code": KEPT, "message": message, "node": self.node.key, "details": details}


async def play(
    performance: Performance, scope: ScopeWalk, node: NodeDocument, given: JSON, iteration: str
) -> Settled:
    """Nothing to decide settles at once; a rehearsal or a plan approves all, so that it gets to what
    is behind, and says so; else Parked."""
    config = GateConfig.model_validate(node.config)
    try:
        items = items_of(config, node.key, given)
    except InvalidNodeInput as error:
        return performance.fail(node, iteration, given, error)
    asked = Asked(performance, node, given, iteration, items)
    if not items or _approves(performance) in APPROVING:
        note = _approved_unasked(performance, node.key) if items else None
        return await _settle(asked, APPROVED, items, [], note)
    asked = replace(asked, **await _decided_before(asked, config))
    expires = _expires(performance, node, iteration, config)
    if not asked.open or (expires is not None and expires <= datetime.now(UTC)):
        return await _settle_undecided(asked)
    await _ask(asked)
    raise Parked("gate", resume_at=expires)


def items_of(config: GateConfig, key: str, given: JSON) -> list[Any]:
    """What is to be decided on. InvalidNodeInput where that is no list."""
    if config.items_field is None:
        return [given]
    items = given.get(config.items_field)
    if not isinstance(items, list):
        message = f"{key} decides on the field {config.items_field}, which is not a list here."
        raise InvalidNodeInput(message)
    return items


def _expires(
    performance: Performance, node: NodeDocument, iteration: str, config: GateConfig
) -> datetime | None:
    """Counted from when the person was asked, however often the run was resumed since."""
    if config.expires_after_seconds is None:
        return None
    asked = performance.last_attempt(node, iteration)
    began = asked.started_at if asked and asked.started_at else datetime.now(UTC)
    return began + timedelta(seconds=config.expires_after_seconds)


async def _decided_before(asked: Asked, config: GateConfig) -> JSON:
    """The decisions that are kept from the run which is repaired, and the row there."""
    performance = asked.performance
    if performance.earlier is None or performance.earlier.use != Reuse.REPAIR:
        return {}
    row = await counterpart(performance, asked.node.key, asked.iteration)
    if row is None:
        return {}
    then = row.input or {}
    before = then if config.items_field is None else then.get(config.items_field)
    before = before if isinstance(before, list) else [before]
    given = await ask_database(performance, given_decisions, row)
    return {"kept": carried_over(before, given, asked.items), "source": row}


async def _ask(asked: Asked) -> None:
    """The row that waits; on a resume it is there already."""
    performance = asked.performance
    if performance.last_attempt(asked.node, asked.iteration) is not None:
        return
    performance.journal.record(
        performance.entry(
            asked.node,
            asked.iteration,
            NodeStatus.WAITING,
            input=asked.given,
            output={"items": asked.open},
            error=asked.note(),
            started_at=datetime.now(UTC),
            finished_at=None,
        )
    )
    await performance.journal.flush(performance.run.claim)


async def _settle_undecided(asked: Asked) -> Settled:
    """Nothing is left to ask, or nobody answered in time: then what was asked is dropped, and what was
    decided before stays so."""
    dropping = [{"decision": "drop", "item": item} for item in asked.open]
    decided = in_order(dropping, asked.kept)
    approved = [one["item"] for one in decided if one["decision"] != "drop"]
    dropped = [one["item"] for one in decided if one["decision"] == "drop"]
    port = APPROVED if approved else EXPIRED if asked.open else REFUSED
    late = " Nobody decided in time: what was asked is dropped." if asked.open else ""
    return await _settle(asked, port, approved, dropped, asked.note(late))


async def _settle(
    asked: Asked, port: str, approved: list[Any], dropped: list[Any], note: JSON | None
) -> Settled:
    output = {"approved": approved, "dropped": dropped}
    await asked.performance.record(
        asked.performance.entry(
            asked.node,
            asked.iteration,
            NodeStatus.SUCCEEDED,
            port=port,
            input=asked.given,
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
