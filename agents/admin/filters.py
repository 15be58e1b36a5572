"""What the list of agents can be narrowed to."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from agents.listing import asking, calling, costing, used_as
from agents.models import AgentQuerySet
from agents.skills.registry import skills
from maestro.workspaces.desk import seat_of


class Narrowing(admin.SimpleListFilter):
    """Asks the queryset a question of ours; an answer that is not offered narrows nothing."""

    def narrowed(self, agents: AgentQuerySet, chosen: Any) -> AgentQuerySet:
        raise NotImplementedError

    def queryset(self, request: HttpRequest, queryset: AgentQuerySet) -> AgentQuerySet:
        chosen = self.value()
        return self.narrowed(queryset, chosen) if chosen in dict(self.lookup_choices) else queryset


class UseFilter(Narrowing):
    """By how many scores play it."""

    title = "use"
    parameter_name = "use"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("shared", "Shared by scores"),
            ("single_use", "Of one score"),
            ("unused", "Unused"),
            ("template", "Templates"),
        ]

    def narrowed(self, agents: AgentQuerySet, chosen: Any) -> AgentQuerySet:
        return used_as(agents, chosen)


class ModelFilter(Narrowing):
    """By the model it asks, be it as the workspace's default."""

    title = "model"
    parameter_name = "model"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        if (seat := seat_of(request)) is None:
            return []
        named = seat.workspace.agents.exclude(model=None).values_list("model", flat=True)
        models = {str(name) for name in named} | {seat.workspace.default_model}
        return [(name, name) for name in sorted(models)]

    def narrowed(self, agents: AgentQuerySet, chosen: Any) -> AgentQuerySet:
        return asking(agents, chosen)


class SkillFilter(Narrowing):
    """By what it may call."""

    title = "skill"
    parameter_name = "skill"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(skill.name, skill.name) for skill in skills()]

    def narrowed(self, agents: AgentQuerySet, chosen: Any) -> AgentQuerySet:
        return calling(agents, chosen)


class CostFilter(Narrowing):
    """By what its nodes spent in the last 30 days."""

    title = "cost in 30 days"
    parameter_name = "cost"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        over = [
            ("1000000", "$1 or more"),
            ("10000000", "$10 or more"),
            ("100000000", "$100 or more"),
        ]
        return [("1", "Any"), *over]

    def narrowed(self, agents: AgentQuerySet, chosen: Any) -> AgentQuerySet:
        return costing(agents, int(chosen))
