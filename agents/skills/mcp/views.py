"""What people do with a server beside its form: look at its tools again, and accept them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from maestro.workspaces.desk import Wrap, author_of, editing_seat, page_of, to_page_or_why

from .actions import judge_tool, look_again
from .models import McpServer


def urls(wrap: Wrap) -> list[URLPattern]:
    """The addresses of these views inside the admin; `wrap` asks for a signed-in person."""
    return [
        path("mcp/mcpserver/<str:pk>/look/", wrap(look), name="look_at_mcp_server"),
        path("mcp/mcpserver/<str:pk>/judge/", wrap(judge), name="judge_mcp_tool"),
    ]


@require_POST
def look(request: HttpRequest, pk: str) -> HttpResponse:
    """Ask the server for its tools."""
    server = _server(request, pk)

    def act() -> str:
        listed = look_again(server, by=author_of(request))
        messages.success(request, f"{server} has {len(listed.tools)} tools.")
        return page_of(server)

    return to_page_or_why(request, act, back=page_of(server))


@require_POST
def judge(request: HttpRequest, pk: str) -> HttpResponse:
    """Accept a tool as it is shown, as one that reads or as one that may change something."""
    server, tool = _server(request, pk), request.POST.get("tool", "")

    def act() -> str:
        judge_tool(
            server,
            tool,
            reads=request.POST.get("as") == "reads",
            sha256=request.POST.get("sha256", ""),
            by=author_of(request),
        )
        messages.success(request, f"{tool} is accepted as it is shown.")
        return page_of(server)

    return to_page_or_why(request, act, back=page_of(server))


def _server(request: HttpRequest, pk: str) -> McpServer:
    return get_object_or_404(McpServer, pk=pk, workspace=editing_seat(request).workspace)
