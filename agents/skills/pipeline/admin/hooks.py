"""Who hears of moves, what each was told, and how that fared."""

from typing import Any

from django.contrib import admin
from django.contrib import messages as flash
from django.db.models import Count, Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from agents.reachability import doubt_about
from maestro.marks import status
from maestro.numbers import clock
from maestro.uses import Use
from maestro.workspaces.desk import (
    GuardedDeletion,
    ReadOnlyAdmin,
    RefusableForm,
    ScopedRelatedFilter,
    author_of,
    clipped,
    link_to,
    list_of,
    number,
    seat_of,
)

from ..hooks import delete_hook, save_hook, send_again
from ..models import Delivery, DeliveryQuerySet, Hook

SHOWN_ON_PAGE = 20
MARKS = {"delivered": "succeeded", "waiting": "waiting", "given up": "failed"}
WAITS = Q(deliveries__due_at__isnull=False)
GIVEN_UP = Q(deliveries__due_at=None, deliveries__delivered_at=None)


class HookForm(RefusableForm):
    class Meta:
        model = Hook
        fields = ["pipeline", "url", "secret", "enabled"]
        help_texts = {
            "url": "Like https://hooks.example.com/moves. Addresses inside a private network are refused.",
            "secret": "A secret of the vault. It signs what is sent, and is itself never sent.",
        }


@admin.register(Hook)
class HookAdmin(GuardedDeletion):
    list_display = ["host_shown", "pipeline", "on", "waiting", "given_up", "created"]
    list_filter = [("pipeline", ScopedRelatedFilter), "enabled"]
    search_fields = ["url"]
    list_select_related = ["pipeline"]
    ordering = ["-created_at"]
    form = HookForm
    fields = ["pipeline", "url", "secret", "enabled"]
    empty_text = (
        "A webhook is told, signed, whenever a contact of a pipeline changes its stage: by a "
        "person, a run, an import or the API."
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        told = {
            "waits": Count("deliveries", filter=WAITS),
            "lost": Count("deliveries", filter=GIVEN_UP & Q(deliveries__isnull=False)),
        }
        return super().get_queryset(request).annotate(**told)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return ["pipeline"] if obj else []

    def told_beside(self, context: dict[str, Any]) -> dict[str, Any]:
        hook = context.get("original")
        rows = hook.deliveries.all()[:SHOWN_ON_PAGE] if hook else []
        return {**context, "deliveries": [(one, MARKS[one.state]) for one in rows]}

    def save_model(self, request: HttpRequest, obj: Hook, form: Any, change: Any) -> None:
        seat = seat_of(request)
        if not change and seat is not None:
            obj.workspace = seat.workspace
        save_hook(obj, by=author_of(request))
        if "url" in form.changed_data and (doubt := doubt_about(obj.url, obj.workspace)):
            flash.warning(request, doubt)

    def uses_of(self, obj: Hook) -> list[Use]:
        return []

    def delete(self, obj: Hook, author: str) -> None:
        delete_hook(obj, by=author)

    @admin.display(description="Sent to", ordering="url")
    def host_shown(self, hook: Hook) -> SafeString:
        return clipped(hook.host)

    @admin.display(description="On", ordering="enabled", boolean=True)
    def on(self, hook: Hook) -> bool:
        return hook.enabled

    @admin.display(description="Waiting")
    def waiting(self, hook: Any) -> SafeString:
        return number(hook.waits or "")

    @admin.display(description="Given up")
    def given_up(self, hook: Any) -> SafeString:
        return list_of(
            "pipeline_delivery", hook.lost or "", hook__id__exact=hook.pk, state="given up"
        )

    @admin.display(description="Made", ordering="created_at")
    def created(self, hook: Hook) -> str:
        return clock(hook.created_at)


class StateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(state, state.capitalize()) for state in MARKS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value()
        rows: DeliveryQuerySet = queryset  # type: ignore[assignment]
        return rows.in_state(chosen) if chosen in MARKS else rows


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = ["id", "hook_shown", "type_shown", "state_shown", "attempts", "error", "at"]
    list_filter = [StateFilter, ("hook", ScopedRelatedFilter)]
    search_fields = ["=id", "error"]
    list_select_related = ["hook"]
    ordering = ["-created_at"]
    fields = [
        "hook",
        "body",
        "attempts",
        "status",
        "error",
        "created_at",
        "tried_at",
        "due_at",
        "delivered_at",
    ]
    actions = ["again"]
    empty_text = "What webhooks are told stands here, with how it fared."

    @admin.action(description="Send again")
    def again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        if not self.may_edit(request):
            return
        for delivery in queryset:
            send_again(delivery, by=author_of(request))
        flash.success(request, "They are sent again, each under its own id.")

    @admin.display(description="Webhook")
    def hook_shown(self, delivery: Delivery) -> SafeString:
        return link_to(delivery.hook)

    @admin.display(description="Tells of")
    def type_shown(self, delivery: Delivery) -> str:
        return str(delivery.body.get("type", ""))

    @admin.display(description="State")
    def state_shown(self, delivery: Delivery) -> SafeString:
        return status(MARKS[delivery.state], delivery.state.capitalize(), bare=True)

    @admin.display(description="At", ordering="created_at")
    def at(self, delivery: Delivery) -> str:
        return clock(delivery.created_at)
