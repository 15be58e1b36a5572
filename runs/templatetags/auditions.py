"""Auditions of an agent, for its page: of which agents know nothing."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse

from agents.content import content_of
from agents.models import Agent
from maestro.errors import MaestroError
from maestro.numbers import duration, money
from runs.auditions.actions import propose
from runs.auditions.declared import Selection
from runs.auditions.forecast import Forecast
from runs.auditions.models import Audition
from runs.auditions.words import outcome_of

SHOWN = 5
LONGEST = 60
A_CENT = 10_000

register = template.Library()
register.filter(outcome_of)


@register.simple_tag
def audition_forecast(agent: Agent) -> Forecast | None:
    """What the last inputs would cost to hear; None when it cannot be heard."""
    try:
        return propose(agent, content_of(agent), Selection()).forecast
    except MaestroError:
        return None


@register.simple_tag
def auditions_of(agent: Agent) -> list[Audition]:
    """The newest few."""
    return list(agent.auditions.with_saved_version()[:SHOWN])


@register.filter
def milliseconds(count: int | None) -> str:
    """`0.9 s`; nothing where it is not known."""
    return duration(timedelta(milliseconds=count)) if count is not None else ""


@register.filter
def price(microdollars: int) -> str:
    """`$0.12`, and below a cent `$0.0023`."""
    return money(microdollars, 2 if microdollars >= A_CENT else 4)


@register.filter
def in_short(value: object) -> str:
    """A value in one line, cut; a text as it is."""
    if isinstance(value, dict) and len(value) == 1:
        (value,) = value.values()
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


@register.filter
def cut_words(text: str) -> str:
    """A value that is a name, as words that may wrap."""
    return text.replace("_", " ")


@register.filter
def yesno_is(value: str, wanted: str) -> str:
    return "true" if value == wanted else "false"


@register.filter
def tile(kind: str) -> str:
    """The kind of a flip as the tile of a node."""
    return "deterministic" if kind == "write" else kind


@register.filter
def page_of_source(source: dict[str, Any]) -> str:
    """The page of the run it was recorded in, with the node open."""
    opened = urlencode({"node": source["node"], "at": source["iteration"]})
    return f"{reverse('admin:runs_run_change', args=[source['run']])}?{opened}"
