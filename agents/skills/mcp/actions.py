"""Registering a server, looking at its tools, and saying which of them may be called how."""

import asyncio
from contextlib import aclosing

from django.db import transaction
from django.utils import timezone

from agents.egress import open_way_out
from agents.reachability import refuse_as_written
from maestro.cleaning import clean, taken_at_the_same_time
from maestro.errors import Conflict, InUse, InvalidInput, MaestroError, NodeError, NotFound
from maestro.workspaces.audit import record

from .late import line_to, secret_of
from .models import McpServer
from .session import list_tools
from .spec import ToolSpec, renewed
from .uses import uses_of

LIST_SECONDS = 20


class ServerRefused(Conflict):
    """The server could not be asked; the message says why, in the words of a node's error."""

    code = "mcp_server_refused"


@transaction.atomic
def save_server(server: McpServer, *, by: str) -> McpServer:
    """The server as it is now, new or changed; InvalidInput says which field is wrong, and refuses an
    address that could never be reached.

    Of a server at another address nothing that was seen counts any more. InUse for another name
    while something calls its tools by the old one.
    """
    before = McpServer.objects.filter(pk=server.pk).first()
    if before is not None and before.name != server.name:
        _refuse_while_used(before, "renamed")
    if before is not None and before.url != server.url:
        server.tools, server.listed_at = [], None
    clean(server)
    if before is None or before.url != server.url:
        refuse_as_written(server.url, server.workspace)
    with taken_at_the_same_time(f"the name {server.name}"):
        server.save()
    told = {"name": server.name, "url": server.url}
    record(server.workspace, by, "mcp_server.saved", server, told)
    return server


@transaction.atomic
def delete_server(server: McpServer, *, by: str) -> None:
    """Its tools cannot be called from now on. InUse while a node names one or an agent may."""
    _refuse_while_used(server, "deleted")
    record(server.workspace, by, "mcp_server.deleted", server, {"name": server.name})
    server.delete()


def look_again(server: McpServer, *, by: str) -> McpServer:
    """Ask the server for its tools. What differs from what somebody saw is `changed`, and is not
    called until it is accepted. ServerRefused when it cannot be asked."""
    try:
        listed = asyncio.run(_listed(server, secret_of(server), server.workspace.egress_hosts))
    except TimeoutError:
        raise ServerRefused(f"{server.origin.host} took more than {LIST_SECONDS} s") from None
    except NodeError as error:
        raise ServerRefused(error.message, **error.details) from None
    with transaction.atomic():
        locked = McpServer.objects.select_for_update().get(pk=server.pk)
        if locked.url != server.url:
            raise Conflict(f"{server} got another address meanwhile; look again")
        _keep(locked, renewed(locked.specs, listed, is_first=locked.listed_at is None))
        locked.listed_at = timezone.now()
        locked.save(update_fields=["listed_at"])
        told = {"name": locked.name, "tools": len(listed)}
        record(locked.workspace, by, "mcp_server.listed", locked, told)
    return locked


@transaction.atomic
def judge_tool(server: McpServer, tool: str, *, reads: bool, sha256: str, by: str) -> McpServer:
    """Accept a tool as it was shown (`sha256`), and say whether it is one that changes nothing.

    NotFound without such a tool; Conflict when it is not the one that was shown; InvalidInput for
    `reads` of one whose server does not say so itself.
    """
    locked = McpServer.objects.select_for_update().get(pk=server.pk)
    specs = {spec.name: spec for spec in locked.specs}
    if tool not in specs:
        raise NotFound(f"{server} has no tool {tool}")
    spec = specs[tool]
    if spec.fault:
        raise Conflict(f"{tool} cannot be called: {spec.fault}")
    if spec.sha256 != sha256:
        raise Conflict(f"{tool} is not what was shown; look at it again")
    if reads and not spec.says_it_reads:
        raise InvalidInput(f"{server} does not say of {tool} that it changes nothing")
    specs[tool] = spec.accepted(reads=reads)
    _keep(locked, list(specs.values()))
    told = {"name": server.name, "tool": tool, "reads": reads, "sha256": sha256}
    record(server.workspace, by, "mcp_tool.judged", server, told)
    return locked


def _refuse_while_used(server: McpServer, what: str) -> None:
    if used_by := uses_of(server):
        names = ", ".join(use["name"] for use in used_by[:5])
        raise InUse(f"{server} cannot be {what}: {names} call its tools", used_by=used_by)


def _keep(server: McpServer, specs: list[ToolSpec]) -> None:
    server.tools = [spec.as_json() for spec in specs]
    server.save(update_fields=["tools"])


async def _listed(server: McpServer, secret: str, hosts: list[str]) -> list[ToolSpec]:
    async with aclosing(open_way_out()) as http:
        line, custody = line_to(server, secret, http.within(hosts))
        try:
            async with asyncio.timeout(LIST_SECONDS):
                told = [spec.as_json() for spec in await list_tools(line)]
                return [ToolSpec(**spec) for spec in custody.mask.apply(told)]
        except MaestroError as error:
            error.message = custody.mask.apply(error.message, cut=True)
            error.details = {"host": server.origin.host}
            raise
