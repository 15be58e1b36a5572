"""Runs, their events and their errors in words, for templates."""

import json
from urllib.parse import urlencode

from django import template

from maestro.numbers import duration
from runs.models import Run, RunEvent, RunNode
from runs.promises import guarantee_of
from runs.timeline.pane import in_words

register = template.Library()

SHOWN_ITEMS = 200  # a form may have a thousand fields, and a person has one afternoon
TELLING = ("name", "company", "email", "subject", "title")
TO_MEND = {
    "missing_secret": "Set the secret where the cluster runs, or in the vault, then start again.",
    "rate_limited": "Wait, lower the map's concurrency, or allow more attempts at the node.",
    "unavailable": "Start again when the service answers, or allow more attempts at the node.",
    "timeout": "Give the node more time, or allow more attempts.",
    "invalid_node_input": "Look at the node's input: a field is missing, or has another shape.",
    "invalid_node_output": "The answer does not fit. Look at the agent's output schema.",
    "egress_refused": "The address is not one that a skill may reach; MAESTRO_EGRESS_ALLOW names hosts.",
    "invalid_score": "Open the score: its page says at each node what is wrong.",
    "unknown_operation": "The skill is gone or renamed. Choose another operation at the node.",
    "overlap": "Nothing to mend. Allow overlaps, or queue them, at the orchestra if you want both.",
    "not_as_planned": "Read what it would be now. If that may happen, repair the run; else plan anew.",
    "poison": "It took its player down three times. The cluster's log says how.",
}


@register.filter
def to_mend(code: str) -> str:
    """What a person can do about an error of that code; empty where nothing general helps."""
    return TO_MEND.get(code, "")


@register.filter
def guarantee(operation: str) -> str:
    """How often the operation's effect happens; empty for what changes nothing."""
    promise = guarantee_of(operation)
    return promise.in_words if promise else ""


@register.filter
def took(run: Run) -> str:
    """From its start to its end; empty while it has not ended."""
    return duration(run.finished_at - run.started_at) if run.finished_at and run.started_at else ""


@register.filter
def event_word(event: RunEvent) -> str:
    """`node.needs_attention` is "needs attention"."""
    return event.kind.partition(".")[2].replace("_", " ")


@register.filter
def event_place(event: RunEvent) -> str:
    """Where it happened: the run, or a node with its iteration."""
    if not event.node_key:
        return "run"
    return f"{in_words(event.iteration)} / {event.node_key}" if event.iteration else event.node_key


@register.filter
def gate_items(row: RunNode, typed: dict[str, str]) -> list[dict[str, str]]:
    """What a gate asks about: each item as text, with the most telling of its fields as its title.

    Of very many the first are shown; the others are decided alike. `typed` is what a refused form
    said: it is shown again, so that no decision is lost.
    """
    here = (row.node_key, row.iteration) == (typed.get("node"), typed.get("iteration"))
    said = typed if here else {}
    return [
        {
            "title": _title(item),
            "text": said.get(f"item-{number}") or json.dumps(item, indent=2, ensure_ascii=False),
            "decision": said.get(f"decision-{number}", "approve"),
        }
        for number, item in enumerate((row.output_json or {}).get("items", [])[:SHOWN_ITEMS])
    ]


@register.filter
def beyond(row: RunNode) -> dict[str, int] | None:
    """Which items of a gate are not shown one by one; None when all are."""
    count = len((row.output_json or {}).get("items", []))
    return (
        {"first": SHOWN_ITEMS, "end": count, "count": count - SHOWN_ITEMS}
        if count > SHOWN_ITEMS
        else None
    )


def _title(item: object) -> str:
    fields = item if isinstance(item, dict) else {"": item}
    telling = [fields[name] for name in TELLING if fields.get(name)] or list(fields.values())
    return ", ".join(str(value)[:80] for value in telling[:2])


@register.filter
def raw_query(row: RunNode) -> str:
    """What names the row to the page of raw values."""
    return urlencode(
        {"node": row.node_key, "at": row.iteration, "attempt": row.attempt, "call": row.call}
    )
