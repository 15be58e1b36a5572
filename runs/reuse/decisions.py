"""Decisions that people gave at gates, for items that come to the gate of a repaired run as they were."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from agents.skills.outcome import canonical
from runs.models import NodeStatus, RunEvent, RunNode

JSON = dict[str, Any]
KEPT = "decisions_kept"  # the code of the note on a gate that did not ask about all of its items
BY_PLAN = "approved_by_applied_plan"


def given_decisions(row: RunNode) -> dict[int, JSON]:
    """By the item's number at that gate: {"decision", "item"}, where `item` is an edited one's new form.

    Empty for what nobody decided: a gate that expired, or approved unasked. One query or two.
    """
    if row.status != NodeStatus.SUCCEEDED:
        return {}
    note = row.error or {}
    if note.get("code") == BY_PLAN:
        approved = (row.output_json or {}).get("approved", [])
        return {index: {"decision": "approve", "item": None} for index in range(len(approved))}
    told = _told_by_event(row) or kept_by(row)
    return {one["index"]: one for one in told}


def kept_by(row: RunNode) -> list[JSON]:
    """{"index", "decision", "item"} of the items that this gate did not ask about, by their number
    in its whole list; `item` is as it goes on, or as it was dropped."""
    note = row.error or {}
    kept: list[JSON] = note["details"]["decisions"] if note.get("code") == KEPT else []
    return kept


def carried_over(before: Sequence[Any], given: dict[int, JSON], items: Sequence[Any]) -> list[JSON]:
    """What `kept_by` gives: decisions on items that are among `items` as they were, each used once."""
    decided: dict[str, list[JSON]] = defaultdict(list)
    for index in sorted(given, reverse=True):
        if index < len(before):
            decided[canonical(before[index])].append(given[index])
    kept = []
    for index, item in enumerate(items):
        if same := decided[canonical(item)]:
            one = same.pop()
            goes_on = one["item"] if one["decision"] == "edit" else item
            kept.append({"index": index, "decision": one["decision"], "item": goes_on})
    return kept


def in_order(asked: Sequence[JSON], kept: Sequence[JSON]) -> list[JSON]:
    """All decisions on a gate's list: those on what was asked take the places that `kept` leaves."""
    taken = {one["index"] for one in kept}
    free = [place for place in range(len(asked) + len(kept)) if place not in taken]
    placed = [{**one, "index": place} for place, one in zip(free, asked, strict=True)]
    return sorted([*placed, *kept], key=lambda one: one["index"])


def _told_by_event(row: RunNode) -> list[JSON]:
    """A row that was copied is told of in the run that it is from."""
    origin = RunNode.objects.filter(pk=row.source_node_id or row.pk).first()
    if origin is None:
        return []
    said = RunEvent.objects.filter(
        run=origin.run_id,
        kind="node.decided",
        node_key=origin.node_key,
        iteration=origin.iteration,
    )
    event = said.order_by("number").last()
    items: list[JSON] = event.payload.get("items", []) if event else []
    return items
