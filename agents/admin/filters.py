"""What the list of agents can be narrowed to."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from agents.listing import asking, calling, costing, used_as
from agents.models import AgentQuerySet
from agents.skills.registry import skills
from maestro.workspaces.desk import seat_of


class Narrowing(admin.SimpleListFilter):
    """Asks the queryset a question of ours (`narrowed`); an answer that is not offered narrows nothing."""

    narrowed: Callable[..., AgentQuerySet]

    def queryset(self, request: HttpRequest, queryset: AgentQuerySet) -> AgentQuerySet:
        chosen = self.value()
        if chosen is None or chosen not in dict(self.lookup_choices):
            return queryset
        return self.narrowed(queryset, chosen)


class UseFilter(Narrowing):
    """By how many scores play it."""

    title = "use"
    parameter_name = "use"
    narrowed = staticmethod(used_as)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("shared", "Shared by scores"),
            ("single_use", "Of one score"),
            ("unused", "Unused"),
            ("template", "Templates"),
        ]


class ModelFilter(Narrowing):
    """By the model it asks, be it as the workspace's default."""

    title = "model"
    parameter_name = "model"
    narrowed = staticmethod(asking)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        if (seat := seat_of(request)) is None:
            return []
        named = seat.workspace.agents.exclude(model=None).values_list("model", flat=True)
        models = {str(name) for name in named} | {seat.workspace.default_model}
        return [(name, name) for name in sorted(models)]


class SkillFilter(Narrowing):
    """By what it may call."""

    title = "skill"
    parameter_name = "skill"
    narrowed = staticmethod(calling)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(skill.name, skill.name) for skill in skills()]


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

    @staticmethod
    def narrowed(agents: AgentQuerySet, chosen: str) -> AgentQuerySet:
        return costing(agents, int(chosen))
