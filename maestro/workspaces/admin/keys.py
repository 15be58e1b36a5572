"""The page of API keys: which programs may come in, and the way to lock one out."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from maestro.numbers import clock
from maestro.workspaces.api_keys import revoke_api_key
from maestro.workspaces.desk import ReadOnlyAdmin, author_of, clipped, mono
from maestro.workspaces.models import ApiKey


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin):
    """A key itself is shown once, by `manage.py create_api_key`; here only its prefix is known."""

    list_display = ["name", "prefix_shown", "scopes_shown", "used", "expires", "revoked"]
    list_filter = [("revoked_at", admin.EmptyFieldListFilter)]
    search_fields = ["name", "=prefix"]
    ordering = ["-created_at"]
    actions = ["revoke"]
    fields = ["name", "prefix", "scopes", "created_at", "last_used_at", "expires_at", "revoked_at"]
    empty_text = "Make one with `manage.py create_api_key`; it is shown once."

    @admin.display(description="Prefix", ordering="prefix")
    def prefix_shown(self, key: ApiKey) -> SafeString:
        return mono(f"mk_{key.prefix}…")

    @admin.display(description="Scopes")
    def scopes_shown(self, key: ApiKey) -> SafeString:
        return clipped(", ".join(key.scopes))

    @admin.display(description="Last used", ordering="last_used_at")
    def used(self, key: ApiKey) -> str:
        return clock(key.last_used_at) if key.last_used_at else "Never"

    @admin.display(description="Expires", ordering="expires_at")
    def expires(self, key: ApiKey) -> str:
        return clock(key.expires_at) if key.expires_at else "Never"

    @admin.display(description="Revoked", ordering="revoked_at")
    def revoked(self, key: ApiKey) -> str:
        return clock(key.revoked_at) if key.revoked_at else ""

    @admin.action(description="Revoke", permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        for key in queryset.filter(revoked_at=None):
            revoke_api_key(key, author=author_of(request))

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return self.may_edit(request)
