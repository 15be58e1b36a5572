"""A candidate between the agent's form and the audition: kept in the session of whoever wrote it."""

from typing import Any, cast

from django.http import HttpRequest

from agents.comparison import Comparison, compare
from agents.content import AgentFields, content_of
from agents.models import Agent
from maestro.errors import InvalidInput

from .actions import candidate_of
from .declared import DEFAULT_ROWS, Selection

JSON = dict[str, Any]
WAYS = ("last", "sample", "runs")


def session_key(agent: Agent) -> str:
    return f"candidate:{agent.pk}"


def keep(request: HttpRequest, agent: Agent, candidate: JSON) -> None:
    """For the next page."""
    request.session[session_key(agent)] = candidate


def kept(request: HttpRequest, agent: Agent) -> JSON:
    """What was written last; without it, the agent as it is."""
    fields = request.session.get(session_key(agent)) or content_of(agent)
    return candidate_of(agent, cast(AgentFields, fields))


def what_changed(agent: Agent, candidate: JSON) -> Comparison:
    return compare(content_of(agent), candidate)


def chosen(typed: JSON) -> Selection:
    """A selection from a form's fields. InvalidInput says what is wrong."""
    way = typed.get("way") if typed.get("way") in WAYS else "last"
    fields: JSON = {}
    if way == "runs":
        fields["runs"] = str(typed.get("runs", "")).replace(",", " ").split()
    else:
        fields[str(way)] = _number(typed.get("count", ""))
    if way == "sample" and (by := str(typed.get("by", "")).strip()):
        fields["by"] = by
    try:
        return Selection.model_validate(fields)
    except ValueError as fault:
        raise InvalidInput(_first(fault), place="selection") from None


def _number(text: object) -> int:
    text = str(text).strip()
    if not text:
        return DEFAULT_ROWS
    if not (text.isascii() and text.isdigit() and len(text) < 7):
        raise InvalidInput(f"{text!r} is no number of inputs.", place="selection")
    return int(text)


def _first(fault: ValueError) -> str:
    errors: Any = getattr(fault, "errors", list)()
    return f"The selection: {errors[0]['msg']}." if errors else str(fault)
