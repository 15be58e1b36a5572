"""Pages of who may come in: seats in this workspace, and accounts."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import User
from django.db.models import Model
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from maestro.numbers import clock
from maestro.workspaces.desk import ScopedAdmin, seat_of
from maestro.workspaces.models import Membership


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
