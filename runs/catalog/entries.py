"""The catalog's two views of one registry: skills with their operations, and tools for agents."""

from dataclasses import dataclass

from agents.models import Agent
from agents.skills import registry
from agents.skills.manifest import Skill
from agents.skills.mcp.offered import find_in, skills_in
from agents.skills.operation import Operation
from maestro.errors import NotFound, UnknownOperation
from maestro.workspaces.models import Workspace

from .recent import Failure, Figures, failures_of, figures_in
from .schema_fields import SchemaField, fields_of
from .secrets import SlotHealth, health_of
from .uses import Uses, uses_in


@dataclass(frozen=True)
class Entry:
    """An operation with who uses it and how it did; None: it was not called of late."""

    operation: Operation
    uses: Uses
    figures: Figures | None


@dataclass(frozen=True)
class SkillEntry:
    skill: Skill
    entries: list[Entry]
    secrets: list[SlotHealth]

    @property
    def is_missing_secrets(self) -> bool:
        return any(not health.is_filled for health in self.secrets)


@dataclass(frozen=True)
class Detail:
    """All that an operation's page shows."""

    entry: Entry
    skill: Skill
    takes: list[SchemaField]
    gives: list[SchemaField]
    secrets: list[SlotHealth]
    failures: list[Failure]


def catalog_of(workspace: Workspace) -> list[SkillEntry]:
    """All skills; as many queries for many of them as for few."""
    found = skills_in(workspace)
    uses = uses_in(workspace, [o.full_name for s in found for o in s.operations.values()])
    figures = figures_in(workspace)
    health = {h.slot: h for h in health_of(workspace, [slot for s in found for slot in s.secrets])}
    return [
        SkillEntry(
            skill,
            [
                Entry(one, uses[one.full_name], figures.get(one.full_name))
                for one in skill.operations.values()
            ],
            [health[slot.name] for slot in skill.secrets],
        )
        for skill in found
    ]


def tools_of(workspace: Workspace) -> list[Agent]:
    """The agents, which other agents may be allowed by `agent:slug`."""
    return list(Agent.objects.in_workspace(workspace).order_by("name", "pk"))


def find_operation(workspace: Workspace, name: str) -> Operation:
    """By full name, or NotFound that says what there is."""
    skill, _, operation = name.partition(".")
    try:
        return find_in(workspace, skill, operation)
    except UnknownOperation as refusal:
        raise NotFound(refusal.message) from None


def detail_of(workspace: Workspace, operation: Operation) -> Detail:
    name = operation.full_name
    return Detail(
        entry=Entry(operation, uses_in(workspace, [name])[name], figures_in(workspace).get(name)),
        skill=next(one for one in registry.skills() if one.name == operation.skill),
        takes=fields_of(operation.input_schema()),
        gives=fields_of(operation.output_schema()),
        secrets=health_of(workspace, operation.secrets),
        failures=failures_of(workspace, name),
    )
