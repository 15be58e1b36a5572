"""A server's page: where it is, what proves who asks, and its tools to look at and accept."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString

from maestro.numbers import clock
from maestro.workspaces.desk import ScopedAdmin, author_of, clipped, number, seat_of

from .actions import delete_server, save_server
from .models import McpServer


@admin.register(McpServer)
class McpServerAdmin(ScopedAdmin):
    list_display = ["name", "url_shown", "secret", "tool_count", "waiting", "listed_shown"]
    search_fields = ["name", "url"]
    list_select_related = ["secret"]
    ordering = ["name"]
    fields = ["name", "url", "secret", "header"]
    audited_by_verbs = True
    empty_text = (
        "A server of the Model Context Protocol brings tools that nodes can call and agents can be "
        "allowed: mcp.name.tool."
    )

    @admin.display(description="Address", ordering="url")
    def url_shown(self, server: McpServer) -> SafeString:
        return clipped(server.url)

    @admin.display(description="Tools")
    def tool_count(self, server: McpServer) -> SafeString:
        return number(len(server.tools))

    @admin.display(description="To look at")
    def waiting(self, server: McpServer) -> SafeString:
        return number(sum(spec.changed for spec in server.specs) or "")

    @admin.display(description="Listed", ordering="listed_at")
    def listed_shown(self, server: McpServer) -> str:
        return clock(server.listed_at)

    def save_model(self, request: HttpRequest, obj: McpServer, form: Any, change: Any) -> None:
        seat = seat_of(request)
        if not change and seat is not None:
            obj.workspace = seat.workspace
        save_server(obj, by=author_of(request))

    def delete_model(self, request: HttpRequest, obj: McpServer) -> None:
        delete_server(obj, by=author_of(request))

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for server in queryset:
            delete_server(server, by=author_of(request))
