"""Effects of a plan in words, for templates; `typed` is what a refused form said."""

import json
from typing import Any

from django import template

from maestro.templatetags.maestro import plural
from runs.models import Decision
from runs.plans.shown import ShownEffect
from runs.timeline.pane import in_words as path_in_words

register = template.Library()

JSON = dict[str, Any]

TELLING = ("to", "email", "name", "company", "title", "subject", "kind", "url")
MOST_LINES = 16
DONE = {Decision.APPROVE: "approved", Decision.EDIT: "edited", Decision.DROP: "dropped"}


@register.filter
def telling(effect: ShownEffect) -> str:
    """The most telling of its arguments."""
    fields = effect.now
    told = [str(fields[name])[:80] for name in TELLING if isinstance(fields.get(name), str | int)]
    return ", ".join(text for text in told[:2] if text) or effect.row.operation


@register.filter
def as_text(effect: ShownEffect, typed: dict[str, str]) -> str:
    """Its arguments, to be edited."""
    said = typed.get(f"arguments-{effect.row.pk}")
    return said or json.dumps(effect.now, indent=2, ensure_ascii=False)


@register.filter
def lines(effect: ShownEffect, typed: dict[str, str]) -> int:
    return min(as_text(effect, typed).count("\n") + 2, MOST_LINES)


@register.filter
def is_ticked(effect: ShownEffect, typed: dict[str, str]) -> bool:
    if f"arguments-{effect.row.pk}" in typed:
        return f"do-{effect.row.pk}" in typed
    return effect.decision != Decision.DROP


@register.filter
def side(change: JSON, name: str) -> str:
    """One side of a change in few words: a list by its length."""
    value = change.get(name, "nothing")
    if isinstance(value, list):
        return plural(len(value), "item,items")
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)[:500]


@register.filter
def as_done(decision: str) -> str:
    return DONE[Decision(decision)]


@register.filter
def in_words(iteration: str) -> str:
    return path_in_words(iteration)
