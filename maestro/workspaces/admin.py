"""Pages of who may come in, what was told, and who did what."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import User
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from maestro.marks import status
from maestro.numbers import clock

from .desk import ReadOnlyAdmin, ScopedAdmin, clipped, mono, seat_of
from .models import AuditEntry, Level, Membership, Notification


@admin.register(Membership)
class MembershipAdmin(ScopedAdmin):
    """Owners decide who sits here."""

    list_display = ["user", "email", "role", "last_seen"]
    list_filter = ["role"]
    search_fields = ["user__username", "user__email", "user__first_name", "user__last_name"]
    list_select_related = ["user"]
    ordering = ["user__username"]
    fields = ["user", "role"]
    empty_text = "Members are people with a seat in this workspace: owner, editor or viewer."

    def may_edit(self, request: HttpRequest) -> bool:
        seat = seat_of(request)
        return seat is not None and seat.is_owner

    @admin.display(description="E-mail", ordering="user__email")
    def email(self, member: Membership) -> str:
        return member.user.email

    @admin.display(description="Last signed in", ordering="user__last_login")
    def last_seen(self, member: Membership) -> str:
        return clock(member.user.last_login)


@admin.register(User)
class UserAdmin(DjangoUserAdmin, ModelAdmin):  # type: ignore[type-arg, misc]
    """Accounts belong to the installation: superusers only."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    compressed_fields = False
    list_display = ["username", "email", "is_active", "is_superuser", "last_login"]
    list_filter = ["is_active", "is_superuser"]
    filter_horizontal = []
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (None, {"fields": [("first_name", "last_name"), "email"]}),
        (None, {"fields": [("is_active", "is_staff", "is_superuser")]}),
    ]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(request.user.is_superuser)

    has_change_permission = has_delete_permission = has_view_permission

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: Any) -> None:
        """Who gets an account here is to sign in here."""
        if not change:
            obj.is_staff = True
        super().save_model(request, obj, form, change)


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
        rows = self.get_queryset(request).filter(pk=object_id, read_at__isnull=True)
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
        return clipped(", ".join(f"{name} {value}" for name, value in entry.details.items()))
