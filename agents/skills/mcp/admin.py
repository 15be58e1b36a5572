"""A server's page: where it is, what proves who asks, and its tools to look at and accept."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.safestring import SafeString

from agents.reachability import doubt_about
from maestro.numbers import clock
from maestro.uses import Use
from maestro.workspaces.desk import GuardedDeletion, author_of, clipped, number, seat_of

from .actions import delete_server, save_server
from .changes import changes_of
from .models import McpServer
from .uses import uses_of


@admin.register(McpServer)
class McpServerAdmin(GuardedDeletion):
    list_display = ["name", "url_shown", "secret", "tool_count", "waiting", "listed_shown"]
    search_fields = ["name", "url"]
    list_select_related = ["secret"]
    ordering = ["name"]
    fields = ["name", "url", "secret", "header"]
    way_out = (
        "Let these nodes call something else, and take the tools off these agents, then come back."
    )
    empty_text = (
        "A server of the Model Context Protocol brings tools that nodes can call and agents can be "
        "allowed: mcp.name.tool."
    )

    @admin.display(description="Address", ordering="url")
    def url_shown(self, server: McpServer) -> SafeString:
        return clipped(server.url)

    @admin.display(description="Tools")
    def tool_count(self, server: McpServer) -> SafeString:
        return number(sum(not spec.fault for spec in server.specs))

    @admin.display(description="To look at")
    def waiting(self, server: McpServer) -> SafeString:
        return number(sum(spec.changed for spec in server.specs) or "")

    @admin.display(description="Listed", ordering="listed_at")
    def listed_shown(self, server: McpServer) -> str:
        return clock(server.listed_at)

    def told_beside(self, context: dict[str, Any]) -> dict[str, Any]:
        server = context.get("original")
        tools = (
            [(spec, spec.changed and changes_of(spec)) for spec in server.specs] if server else []
        )
        return {**context, "tools": tools}

    def save_model(self, request: HttpRequest, obj: McpServer, form: Any, change: Any) -> None:
        seat = seat_of(request)
        if not change and seat is not None:
            obj.workspace = seat.workspace
        save_server(obj, by=author_of(request))
        if "url" in form.changed_data and (doubt := doubt_about(obj.url, obj.workspace)):
            messages.warning(request, doubt)

    def uses_of(self, obj: McpServer) -> list[Use]:
        return uses_of(obj)

    def delete(self, obj: McpServer, author: str) -> None:
        delete_server(obj, by=author)
