"""Pages of what was told, and of who did what."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString

from maestro.marks import status
from maestro.numbers import clock
from maestro.workspaces.desk import ReadOnlyAdmin, clipped, mono
from maestro.workspaces.models import AuditEntry, Level, Notification


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    list_display = ["title_shown", "level_shown", "message_shown", "at"]
    list_filter = ["level", ("read_at", admin.EmptyFieldListFilter)]
    search_fields = ["title", "message", "=run_id"]
    ordering = ["-created_at"]
    actions = ["mark_read"]
    fields = ["title", "level", "message", "link_url", "run_id", "payload", "created_at", "read_at"]
    empty_text = "Scores tell you things here: what happened, and what needs your attention."

    @admin.display(description="Title", ordering="title")
    def title_shown(self, told: Notification) -> SafeString:
        return clipped(told.title)

    @admin.display(description="Level", ordering="level")
    def level_shown(self, told: Notification) -> SafeString:
        icon = "needs_attention" if told.level == Level.ATTENTION else "succeeded"
        return status(icon, told.level.capitalize(), bare=True)

    @admin.display(description="Message")
    def message_shown(self, told: Notification) -> SafeString:
        return clipped(told.message.splitlines()[0] if told.message else "")

    @admin.display(description="At", ordering="created_at")
    def at(self, told: Notification) -> str:
        return clock(told.created_at)

    @admin.action(description="Mark as read")
    def mark_read(self, request: HttpRequest, queryset: QuerySet[Notification]) -> None:
        queryset.filter(read_at__isnull=True).update(read_at=timezone.now())

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Looked at is read."""
        rows = self.get_queryset(request).filter(pk=unquote(object_id), read_at__isnull=True)
        rows.update(read_at=timezone.now())
        return super().change_view(request, object_id, form_url, extra_context)


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ["at_shown", "actor", "action", "object_shown", "details_shown"]
    list_filter = ["action", "actor"]
    search_fields = ["=object_id", "actor", "action"]
    ordering = ["-id"]
    fields = ["at", "actor", "action", "object_type", "object_id", "details"]
    empty_text = "Who saved, deleted, started or answered what is written down here."

    @admin.display(description="At", ordering="at")
    def at_shown(self, entry: AuditEntry) -> str:
        return clock(entry.at)

    @admin.display(description="Object", ordering="object_id")
    def object_shown(self, entry: AuditEntry) -> SafeString:
        return mono(entry.object_id)

    @admin.display(description="Details")
    def details_shown(self, entry: AuditEntry) -> SafeString:
        return clipped(
            ", ".join(f"{name} {value}" for name, value in entry.details.items() if value)
        )
