"""The tools of a workspace's servers as operations with their own descriptions and schemas."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from agents.skills.manifest import Skill
from agents.skills.operation import Effect, Operation
from agents.skills.outcome import JSON
from agents.skills.registry import find, skills
from maestro.errors import UnknownOperation
from maestro.workspaces.models import Workspace

from .late import operation_of
from .models import McpServer
from .spec import ToolSpec

SKILLS = {"mcp": Effect.WRITE, "mcp_read": Effect.READ}


@dataclass(frozen=True, kw_only=True)
class McpOperation(Operation):
    """Shows the tool's schemas in place of the open ones that every tool is called by."""

    spec: ToolSpec = field()

    def input_schema(self) -> JSON:
        return self.spec.takes()

    def output_schema(self) -> JSON:
        schema = super().output_schema()
        if gives := self.spec.gives():
            schema["properties"]["structured"] = gives
        return schema


def offered(workspace: Workspace | str, skill: str) -> list[McpOperation]:
    """Of all servers, in order: what may be called as `skill`; one query."""
    effect = SKILLS.get(skill)
    if effect is None:
        return []
    return [
        typed(skill, server, spec)
        for server in McpServer.objects.filter(workspace=workspace).order_by("name")
        for spec in server.specs
        if not spec.fault and (spec.reads or effect is not Effect.READ)
    ]


def skills_in(workspace: Workspace) -> list[Skill]:
    """All that is installed, with the tools of the workspace's servers."""
    return [
        replace(one, operations={tool.name: tool for tool in offered(workspace, one.name)})
        if one.name in SKILLS
        else one
        for one in skills()
    ]


def find_in(workspace: Workspace, skill: str, name: str) -> Operation:
    """The operation as this workspace has it, or UnknownOperation that says what exists."""
    if skill not in SKILLS:
        return find(skill, name)
    for one in offered(workspace, skill):
        if one.name == name:
            return one
    raise UnknownOperation(f"This workspace has no MCP tool {skill}.{name}")


def typed(skill: str, server: McpServer, spec: ToolSpec) -> McpOperation:
    made: McpOperation = operation_of(
        skill,
        f"{server.name}.{spec.name}",
        SKILLS[skill],
        McpOperation,
        description=spec.description or f"The tool {spec.name} of {server.name}.",
        spec=spec,
    )
    return made


def with_schemas(workspace_id: str, operations: dict[str, Operation]) -> dict[str, Operation]:
    """The same operations by name, those of MCP servers with what the model must know of them."""
    skills = {one.skill for one in operations.values()} & SKILLS.keys()
    known = {one.full_name: one for skill in skills for one in offered(workspace_id, skill)}
    return {name: known.get(name, operation) for name, operation in operations.items()}


def unknown_tools(workspace: Workspace, names: Collection[str]) -> list[str]:
    """Of full names (`mcp.github.search`) those that this workspace cannot call."""
    asked = [name for name in names if name.partition(".")[0] in SKILLS]
    if not asked:
        return []
    skills = {name.partition(".")[0] for name in asked}
    known = {one.full_name for skill in skills for one in offered(workspace, skill)}
    return [name for name in asked if name not in known]
