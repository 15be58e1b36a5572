"""An orchestra's page: what it plays, when it fires next, what it did."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString

from maestro.marks import status
from maestro.numbers import clock, relative
from maestro.uses import Use
from maestro.workspaces.desk import (
    Dollars,
    GuardedDeletion,
    JSONText,
    RefusableForm,
    author_of,
    clipped,
    link_to,
    number,
    seat_of,
)
from orchestras.actions import create_orchestra, delete_orchestra, save_orchestra, uses_of
from orchestras.models import Orchestra
from orchestras.schedule import next_fire
from orchestras.words import in_words

from .slots import WithSlots, bind_slots

FIELDS = [
    "name",
    "tag",
    "description",
    "score",
    "score_version",
    "cron",
    "time_zone",
    "enabled",
    "overlap",
    "misfire",
    "input",
    "budget_microdollars",
    "run_budget_microdollars",
]
SHOWN_FIRES = 3
SHOWN_RUNS = 8
STRIP = 24


class OrchestraForm(RefusableForm):
    input = JSONText(shape=dict, required=False, help_text="A run's input where none is given.")
    budget_microdollars = Dollars(
        label="Budget a month, in dollars",
        help_text="What all its runs may cost; then they wait for a person. Empty: no limit.",
    )
    run_budget_microdollars = Dollars(
        label="Budget of a run, in dollars", help_text="With all runs below it. Empty: no limit."
    )

    def clean_input(self) -> dict[str, Any]:
        return self.cleaned_data["input"] or {}


class StatusFilter(admin.SimpleListFilter):
    title = "status"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, name.capitalize()) for name in ("running", "scheduled", "idle", "paused")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(status=self.value()) if self.value() else queryset


@admin.register(Orchestra)
class OrchestraAdmin(WithSlots, GuardedDeletion):
    list_display = ["name", "state", "score_shown", "schedule", "next_shown", "last_run"]
    list_filter = [StatusFilter, "tag", "enabled"]
    search_fields = ["name", "tag", "description", "score__name"]
    list_select_related = ["score", "workspace"]
    ordering = ["name"]
    form = OrchestraForm
    fieldsets = [
        (None, {"fields": [("name", "tag"), ("score", "score_version"), "description"]}),
        ("Schedule", {"fields": [("cron", "time_zone"), ("overlap", "misfire"), "enabled"]}),
        ("Money", {"fields": [("budget_microdollars", "run_budget_microdollars")]}),
        (None, {"fields": ["input"]}),
    ]
    way_out = "Let these runs end, or cancel them, then come back. Finished runs stay."
    empty_text = (
        "An orchestra is a score deployed: when it plays, with what input, switched on or off."
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        started = Orchestra.objects.filter(pk=OuterRef("pk"), runs__parent_run__isnull=True)
        newest = started.order_by("-runs__queued_at")
        last = Subquery(newest.values("runs__status")[:1])
        return super().get_queryset(request).with_status().annotate(last_status=last)  # type: ignore[attr-defined]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Of one that is there the switch in its head turns the clock on and off."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None:
            return fieldsets
        return [
            (title, {**told, "fields": [name for name in told["fields"] if name != "enabled"]})
            for title, told in fieldsets
        ]

    @admin.display(description="Status")
    def state(self, orchestra: Any) -> SafeString:
        return status(orchestra.status, bare=True)

    @admin.display(description="Plays", ordering="score__name")
    def score_shown(self, orchestra: Orchestra) -> SafeString:
        return link_to(orchestra.score)

    @admin.display(description="Schedule")
    def schedule(self, orchestra: Orchestra) -> SafeString:
        return clipped(in_words(orchestra.cron) or orchestra.cron)

    @admin.display(description="Next fire", ordering="next_fire_at")
    def next_shown(self, orchestra: Orchestra) -> SafeString:
        fire = orchestra.next_fire_at
        return number(f"{clock(fire)} {relative(fire)}".strip()) if fire else SafeString("")

    @admin.display(description="Last run")
    def last_run(self, orchestra: Any) -> SafeString:
        return status(orchestra.last_status, bare=True) if orchestra.last_status else SafeString("")

    def told_beside(self, context: dict[str, Any]) -> dict[str, Any]:
        if (orchestra := context["original"]) is None:
            return context
        runs = list(orchestra.runs.on_its_own().order_by("-queued_at", "-id")[:STRIP])
        return context | {
            "state": orchestra.status,
            "words": in_words(orchestra.cron),
            "fires": next_fires(orchestra),
            "zone": ZoneInfo(orchestra.zone),
            "runs": runs[:SHOWN_RUNS],
            "strip": runs[::-1],
        }

    def save_model(self, request: HttpRequest, obj: Orchestra, form: Any, change: Any) -> None:
        fields: Any = {
            name: form.cleaned_data[name] for name in FIELDS if name in form.cleaned_data
        }
        author, seat = author_of(request), seat_of(request)
        if change:
            bind_slots(obj, form, author)
            save_orchestra(obj, fields, author=author)
        elif seat:
            create_orchestra(seat.workspace, fields, author=author, orchestra_id=obj.pk)

    def uses_of(self, obj: Orchestra) -> list[Use]:
        return uses_of(obj)

    def delete(self, obj: Orchestra, author: str) -> None:
        delete_orchestra(obj, author=author)


def next_fires(orchestra: Orchestra) -> list[datetime]:
    """The fires to come while it is enabled; the first is the one the clock waits for."""
    if not (orchestra.enabled and orchestra.cron):
        return []
    return list(islice(_fires(orchestra, orchestra.next_fire_at or timezone.now()), SHOWN_FIRES))


def _fires(orchestra: Orchestra, first: datetime) -> Iterator[datetime]:
    fire: datetime | None = first
    while fire is not None:
        yield fire
        fire = next_fire(orchestra.cron, orchestra.zone, fire)
