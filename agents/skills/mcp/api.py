"""MCP servers over REST."""

from typing import Annotated

from django.http import HttpResponse
from django.urls import reverse
from ninja import Path, Query, Router, Status

from agents.reachability import doubt_about
from maestro.rest.etags import seen
from maestro.rest.paging import Page, PageQuery, page
from maestro.rest.shapes import Id, IfMatch, find
from maestro.workspaces.bearer import ApiRequest, author, can
from maestro.workspaces.models import Secret, WorkspaceQuerySet

from .actions import delete_server, judge_tool, look_again, save_server
from .models import McpServer
from .schemas import McpServerIn, McpServerOut, ToolJudgementIn, server_out, server_tag

router = Router(tags=["MCP servers"])
Tool = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,48}$")]


@router.get("/mcp-servers", response=Page[McpServerOut], auth=can("orchestra:read"))
def list_mcp_servers(request: ApiRequest, query: Query[PageQuery]) -> Page[McpServerOut]:
    """Newest first, each with its tools as somebody last saw them."""
    return page(Page[McpServerOut], _servers(request), query, server_out)


@router.post("/mcp-servers", response={201: McpServerOut}, auth=can("orchestra:write"))
def create_mcp_server(
    request: ApiRequest, response: HttpResponse, body: McpServerIn
) -> Status[McpServerOut]:
    """Registered, and not asked yet: `…/look` lists its tools."""
    server = _filled(request, McpServer(workspace=request.auth.workspace), body)
    saved = save_server(server, by=author(request))
    response["Location"] = reverse("api:get_mcp_server", args=[saved.pk])
    return Status(201, _saved(response, saved))


@router.get("/mcp-servers/{server_id}", response=McpServerOut, auth=can("orchestra:read"))
def get_mcp_server(request: ApiRequest, response: HttpResponse, server_id: Id) -> McpServerOut:
    return _shown(response, find(_servers(request), server_id))


@router.put("/mcp-servers/{server_id}", response=McpServerOut, auth=can("orchestra:write"))
def replace_mcp_server(
    request: ApiRequest, response: HttpResponse, server_id: Id, body: McpServerIn, if_match: IfMatch
) -> McpServerOut:
    """At another address it has no tools until it is looked at again."""
    with seen(_servers(request), server_id, if_match, server_tag) as server:
        save_server(_filled(request, server, body), by=author(request))
    return _saved(response, server)


@router.delete("/mcp-servers/{server_id}", response={204: None}, auth=can("orchestra:write"))
def drop_mcp_server(request: ApiRequest, server_id: Id, if_match: IfMatch) -> Status[None]:
    """409 `in_use`, with what calls its tools, as long as something does."""
    with seen(_servers(request), server_id, if_match, server_tag) as server:
        delete_server(server, by=author(request))
    return Status(204, None)


@router.post("/mcp-servers/{server_id}/look", response=McpServerOut, auth=can("orchestra:write"))
def look_at_mcp_server(request: ApiRequest, response: HttpResponse, server_id: Id) -> McpServerOut:
    """Ask it for its tools; 409 `mcp_server_refused` when it cannot be asked."""
    server = look_again(find(_servers(request), server_id), by=author(request))
    return _shown(response, server)


@router.post(
    "/mcp-servers/{server_id}/tools/{tool}/judge",
    response=McpServerOut,
    auth=can("orchestra:write"),
)
def judge_mcp_tool(
    request: ApiRequest, response: HttpResponse, server_id: Id, tool: Tool, body: ToolJudgementIn
) -> McpServerOut:
    """Accept a tool as it was read; 409 when it is another by now."""
    server = find(_servers(request), server_id)
    judged = judge_tool(server, tool, reads=body.reads, sha256=body.sha256, by=author(request))
    return _shown(response, judged)


def _servers(request: ApiRequest) -> "WorkspaceQuerySet[McpServer]":
    return McpServer.objects.in_workspace(request.auth.workspace)


def _filled(request: ApiRequest, server: McpServer, body: McpServerIn) -> McpServer:
    server.name, server.url, server.header = body.name, body.url, body.header
    secrets = Secret.objects.filter(workspace=request.auth.workspace)
    server.secret = find(secrets, body.secret_id) if body.secret_id else None
    return server


def _saved(response: HttpResponse, server: McpServer) -> McpServerOut:
    doubt = doubt_about(server.url, server.workspace)
    response["ETag"] = server_tag(server)
    return server_out(server, [doubt] if doubt else [])


def _shown(response: HttpResponse, server: McpServer) -> McpServerOut:
    response["ETag"] = server_tag(server)
    return server_out(server)
