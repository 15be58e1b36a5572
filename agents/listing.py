"""Which agents a list shows, and what it says of each beside its columns."""

from datetime import timedelta
from typing import Literal

from django.db.models import Q
from django.utils import timezone

from agents.models import AgentQuerySet
from agents.skills.registry import skills

COST_SPAN = timedelta(days=30)
Use = Literal["shared", "single_use", "unused", "template"]


def listed(
    agents: AgentQuerySet,
    *,
    use: Use | None = None,
    model: str | None = None,
    skill: str | None = None,
    cost_from: int | None = None,
) -> AgentQuerySet:
    """Those that fit, each with its use and what it cost in the last 30 days. One query."""
    if use is not None:
        agents = used_as(agents, use)
    if model is not None:
        agents = asking(agents, model)
    if skill is not None:
        agents = calling(agents, skill)
    agents = agents.with_use().with_cost(timezone.now() - COST_SPAN)
    return agents if cost_from is None else costing(agents, cost_from)


def used_as(agents: AgentQuerySet, use: Use) -> AgentQuerySet:
    match use:
        case "shared":
            return agents.shared()
        case "single_use":
            return agents.single_use()
        case "unused":
            return agents.unused()
        case "template":
            return agents.filter(is_template=True)


def asking(agents: AgentQuerySet, model: str) -> AgentQuerySet:
    """Agents of that model, be it as the default of their workspace."""
    by_default = Q(model__isnull=True, workspace__default_model=model)
    return agents.filter(Q(model=model) | by_default)


def costing(agents: AgentQuerySet, microdollars: int) -> AgentQuerySet:
    """Of those `with_cost`, the ones that cost as much or more."""
    return agents.filter(**{"cost_microdollars__gte": microdollars})


def calling(agents: AgentQuerySet, skill: str) -> AgentQuerySet:
    """Agents that may call the skill as a whole or one of its operations."""
    names = [
        f"{skill}.{name}" for found in skills() if found.name == skill for name in found.operations
    ]
    return agents.filter(allowed_tools__has_any_keys=[skill, *names])
