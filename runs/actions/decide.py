"""A person's decision at a gate: approve, edit or drop each item."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.db import transaction
from django.utils import timezone

from agents.skills.outcome import check_json
from maestro.errors import Conflict, InvalidInput, InvalidNodeOutput, NotFound
from runs.models import NodeStatus, Run, RunNode, RunStatus
from runs.reuse.decisions import in_order, kept_by

from .events import lock_run, tell, wake_players

JSON = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ItemDecision:
    """What becomes of the item at `index`; `item` is its new form when it is edited."""

    index: int
    decision: Literal["approve", "edit", "drop"]
    item: Any = None


@transaction.atomic
def decide_gate(
    run: Run,
    *,
    node: str,
    iteration: str,
    decisions: Sequence[ItemDecision],
    comment: str = "",
    by: str,
) -> Run:
    """Settle a waiting gate; the run goes on.

    Raises NotFound for a node that never asked, Conflict when it was decided before or the run is
    over, InvalidInput when an item is left undecided or decided twice.
    """
    run = lock_run(run)
    row = _waiting(run, node, iteration)
    items = (row.output_json or {}).get("items", [])
    decided = in_order(_apply(items, decisions), kept_by(row))
    approved = [one["item"] for one in decided if one["decision"] != "drop"]
    dropped = [one["item"] for one in decided if one["decision"] == "drop"]
    row.status = NodeStatus.SUCCEEDED
    row.port = "approved" if approved else "refused"
    row.output_json = {"approved": approved, "dropped": dropped}
    row.finished_at = timezone.now()
    row.save(update_fields=["status", "port", "output_json", "finished_at"])
    said = {"by": by, "comment": comment, "items": [_told(one) for one in decided]}
    tell(run, "node.decided", node=node, iteration=iteration, payload=said)
    _resume(run)
    return run


def _waiting(run: Run, node: str, iteration: str) -> RunNode:
    row = run.nodes.filter(node_key=node, iteration=iteration, call=0).order_by("attempt").last()
    if row is None or ("items" not in (row.output_json or {}) and row.port is None):
        raise NotFound(f"{node} does not ask for a decision in this run.")
    if row.status != NodeStatus.WAITING:
        raise Conflict(f"{node} was decided already: {row.port or row.status}.")
    if run.is_finished:
        raise Conflict(f"{run.id} has ended ({run.status}); its gate asks no more.")
    return row


def _apply(items: list[Any], decisions: Sequence[ItemDecision]) -> list[JSON]:
    """{"decision", "item"} of each, in the items' order; the item as it goes on, or was dropped."""
    by_index = {decision.index: decision for decision in decisions}
    if len(by_index) != len(decisions):
        raise InvalidInput("An item is decided twice; decide each once.")
    undecided = sorted(set(range(len(items))) - by_index.keys())
    unknown = sorted(by_index.keys() - set(range(len(items))))
    if undecided or unknown:
        raise InvalidInput(
            f"There are {len(items)} items, numbered from 0; decide each.",
            undecided=undecided,
            unknown=unknown,
        )
    return [_decided(by_index[index], item) for index, item in enumerate(items)]


def _decided(decision: ItemDecision, item: object) -> JSON:
    edited = decision.decision == "edit"
    return {"decision": decision.decision, "item": _edited(decision) if edited else item}


def _told(decided: JSON) -> JSON:
    """As the event says it: only what was edited is told anew."""
    edited = decided["decision"] == "edit"
    return {**decided, "item": decided["item"] if edited else None}


def _edited(decision: ItemDecision) -> object:
    try:
        check_json({"item": decision.item})
    except InvalidNodeOutput as error:
        raise InvalidInput(f"Item {decision.index}: {error.message}") from error
    return decision.item


def _resume(run: Run) -> None:
    """At once when the run waits; while it still plays elsewhere, as soon as it parks."""
    if run.status == RunStatus.WAITING:
        run.status = RunStatus.QUEUED
        run.waiting_for = ""
        run.resume_at = None
        tell(run, "run.queued")
        wake_players()
    elif run.status == RunStatus.RUNNING:
        run.resume_at = timezone.now()
    run.save(update_fields=["status", "waiting_for", "resume_at", "last_event"])
