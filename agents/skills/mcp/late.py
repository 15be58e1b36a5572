"""Operations that are made when they are asked for: `mcp.<server>.<tool>`.

What a name stands for is looked up at the call, in the caller's workspace: the registry knows no
workspaces, and a graph that names a tool says by the name alone what the call may do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from django.db import InterfaceError, OperationalError, connection
from pydantic import BaseModel, ConfigDict

from agents.custody import Custody
from agents.skills.context import Context
from agents.skills.manifest import Skill
from agents.skills.operation import Effect, Kind, Operation, Sample
from agents.skills.outcome import JSON
from maestro.errors import MaestroError, MissingSecret, NodeError, Unavailable, UnknownOperation
from maestro.workspaces.vault import use_secret

from .models import McpServer
from .session import Line, call_tool
from .spec import ToolSpec, splits

if TYPE_CHECKING:
    from agents.egress import Egress

SECONDS = 120
SAMPLE = Sample({"text": "What the tool would say."})


class Given(BaseModel):
    """Whatever the tool declares; its own schema is checked at the call."""

    model_config = ConfigDict(extra="allow")


class Told(BaseModel):
    text: str = ""
    structured: Any = None
    others: list[JSON] = []


class LateOperations(dict[str, Operation]):
    """Has every `server.tool` that could be, and lists none."""

    def __init__(self, skill: str, effect: Effect) -> None:
        super().__init__()
        self._skill, self._effect = skill, effect

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and splits(name) is not None

    def __missing__(self, name: str) -> Operation:
        made: Operation = operation_of(self._skill, name, self._effect)
        return made


def late_skill(name: str, effect: Effect, description: str) -> Skill:
    operations = LateOperations(name, effect)
    return Skill(
        name=name, version="1.0.0", description=description, icon="hub", operations=operations
    )


def operation_of(
    skill: str, name: str, effect: Effect, kind: type[Operation] = Operation, **typed: Any
) -> Any:  # noqa: ANN401  # of the kind it is given
    """The operation of that name, without a look at the database."""
    told: dict[str, Any] = {
        "description": "A tool of a registered MCP server.",
        "input_model": Given,
        "output_model": Told,
        "sample": SAMPLE,
        "ports": ("success",),
        "kind": Kind.TOOL,
        "inside": False,
        "idempotent": False,
        "look_up": None,
        "retryable": effect is Effect.READ,
        "timeout_seconds": SECONDS,
        "secrets": (),
    }
    function = _calls(skill, name, effect)
    return kind(skill=skill, name=name, effect=effect, function=function, **told | typed)


def _calls(skill: str, name: str, effect: Effect) -> Callable[..., Coroutine[Any, Any, Told]]:
    server_name, tool = splits(name) or ("", "")

    async def call(input: Given, context: Context) -> Told:
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(None, _found, context.workspace_id, server_name, tool)
        server, spec, secret = found
        refuse_unless_callable(spec, f"{skill}.{name}", effect)
        arguments = spec.fit(input.model_extra or {})
        line, custody = line_to(server, secret, context.http)
        line.acts = effect is Effect.WRITE
        try:
            told = await call_tool(line, tool, arguments)
        except NodeError as error:
            error.message = custody.mask.apply(error.message, cut=True)
            error.details = custody.mask.apply(error.details, cut=True)
            raise
        return Told.model_validate(custody.mask.apply(told))

    return call


def line_to(server: McpServer, secret: str, http: Egress) -> tuple[Line, Custody]:
    """A way to the server that carries its secret there and nowhere else."""
    slot = server.secret.name if server.secret else ""
    custody = Custody({slot: secret} if secret else {}, {slot: [server.origin]})
    name, value = server.header or "Authorization", secret
    proof = {name: value if server.header else f"Bearer {value}"} if secret else {}
    host = server.origin.host
    return Line(http.holding(custody), server.url, proof, host=host), custody


def refuse_unless_callable(spec: ToolSpec, full_name: str, effect: Effect) -> None:
    """UnknownOperation, with the mend, for a tool that no person has let be called so."""
    if spec.fault:
        raise UnknownOperation(f"{full_name} cannot be called: {spec.fault}")
    if spec.changed:
        raise UnknownOperation(
            f"{full_name} is not what it was when somebody last looked: look at the server's page, "
            "and accept it"
        )
    if effect is Effect.READ and not spec.reads:
        raise UnknownOperation(
            f"{full_name} is not confirmed to change nothing: confirm it on the server's page, or "
            f"call {full_name.replace('mcp_read.', 'mcp.', 1)}"
        )


def _found(workspace_id: str, server: str, tool: str) -> tuple[McpServer, ToolSpec, str]:
    """In a thread, with the secret's value. UnknownOperation, MissingSecret, Unavailable."""
    try:
        rows = McpServer.objects.filter(workspace=workspace_id, name=server)
        row = rows.select_related("secret__workspace").first()
        specs = {spec.name: spec for spec in row.specs} if row else {}
        if row is None or tool not in specs:
            raise UnknownOperation(f"This workspace has no MCP server {server} with a tool {tool}")
        return row, specs[tool], secret_of(row)
    except (OperationalError, InterfaceError):
        raise Unavailable("The database does not answer") from None
    finally:
        connection.close()  # the loop's own threads come and go, and nobody would close theirs


def secret_of(server: McpServer) -> str:
    """The value that proves who asks; empty without one. MissingSecret when it cannot be read."""
    if server.secret is None:
        return ""
    try:
        return use_secret(server.secret)
    except MaestroError as refusal:
        raise MissingSecret(refusal.message, slot=server.secret.name) from None
