"""Agents on the wire."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field

from agents.comparison import Comparison
from agents.content import AgentFields
from agents.duplicates import Family
from agents.listing import Use
from agents.models import Agent, AgentVersion
from maestro.rest.etags import version_tag
from maestro.rest.paging import PageQuery
from maestro.rest.shapes import JSON, Body, Name, Query, Slug, VersionNumber

CENTS_DIGITS = 4
LIKENESS_DIGITS = 3


class AgentFilters(PageQuery):
    use: Use | None = Field(None, description="By how many scores play it, or templates only.")
    model: str | None = Field(
        None, max_length=120, description="That it asks, by itself or as the workspace's default."
    )
    skill: str | None = Field(None, max_length=80, description="Of which it may call something.")
    cost_from: int | None = Field(
        None, ge=0, le=10**15, description="Micro-dollars in the last 30 days, or more."
    )


class ComparedVersions(Query):
    before: VersionNumber
    after: VersionNumber


class AgentIn(Body):
    """A whole agent; an empty `slug` is made from the name. `note` says why, in its history."""

    name: Name
    slug: Slug = ""
    description: str = ""
    model: str | None = Field(None, max_length=120, description="null: the workspace's default.")
    system_prompt: str = Field(min_length=1)
    allowed_tools: list[str] | None = Field(None, description='["http", "data.pick"]; null: none.')
    output_schema: JSON | None = Field(None, description="JSON Schema of an object; null: text.")
    parameters: JSON = {}
    note: str = Field("", max_length=500)

    def fields(self) -> AgentFields:
        """For an agent that is made."""
        return cast(AgentFields, self.model_dump(exclude={"note"}))

    def fields_to_replace(self) -> AgentFields:
        """For one that is there: its slug stays unless another one is sent."""
        kept = {"slug"} - self.model_fields_set
        return cast(AgentFields, self.model_dump(exclude={"note", *kept}))


class NewAgentIn(AgentIn):
    """A whole agent to be made."""

    source_agent_id: str | None = Field(None, description="The agent that it is a copy of.")

    def fields(self) -> AgentFields:
        return cast(AgentFields, self.model_dump(exclude={"note", "source_agent_id"}))


class AgentPatch(AgentIn):
    """What is left out stays."""

    name: Name = ""
    system_prompt: str = Field("", min_length=1)

    def fields_to_replace(self) -> AgentFields:
        return cast(AgentFields, self.model_dump(exclude={"note"}, exclude_unset=True))


class AgentOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    slug: str
    description: str
    model: str | None
    system_prompt: str
    allowed_tools: list[str] | None
    output_schema: JSON | None
    parameters: JSON
    is_template: bool
    source_agent_id: str | None
    version: int
    created_at: datetime
    updated_at: datetime


class ListedAgentOut(AgentOut):
    """An agent with who plays it and what its calls cost in the last 30 days."""

    scores: int
    nodes: int
    cost_cents: float
    cost_microdollars: int


class KeptAgent(BaseModel):
    id: str
    name: str
    nodes: int


class DuplicateOut(BaseModel):
    """`likeness` of the prompts is 1 when they are the same; `differs` names other settings."""

    id: str
    name: str
    likeness: float
    differs: list[str]
    identical: bool
    nodes: int
    source_agent_id: str | None


class FamilyOut(BaseModel):
    """Agents of one prompt, and what a merge into `keep` would save."""

    keep: KeptAgent
    duplicates: list[DuplicateOut]
    nodes: int = Field(description="That would be handed over.")
    prompt_lines: int = Field(description="That would need nobody's care any more.")


class FamiliesOut(BaseModel):
    items: list[FamilyOut]
    next_cursor: None = None


class PromptPart(BaseModel):
    change: Literal["same", "removed", "added"]
    text: str


class ChangedSetting(BaseModel):
    field: str
    before: Any
    after: Any


class ComparisonOut(BaseModel):
    """The prompt whole, in parts; of the other fields those that differ."""

    prompt: list[PromptPart]
    settings: list[ChangedSetting]


class AgentVersionOut(BaseModel):
    """An agent as one save left it."""

    model_config = ConfigDict(from_attributes=True)

    version: int
    content: JSON
    author: str
    note: str
    created_at: datetime


def agent_out(agent: Agent) -> AgentOut:
    return AgentOut.model_validate(agent)


def listed_agent_out(agent: Agent) -> ListedAgentOut:
    """Of an agent from `agents.listing.listed`."""
    counted = {
        "scores": agent.score_count,
        "nodes": agent.node_count,
        "cost_cents": round(agent.cost_microdollars / 10_000, CENTS_DIGITS),
        "cost_microdollars": agent.cost_microdollars,
    }
    return ListedAgentOut.model_validate(dict(agent_out(agent)) | counted)


def families_out(families: Iterable[Family]) -> FamiliesOut:
    return FamiliesOut(items=[_family(family) for family in families])


def _family(family: Family) -> FamilyOut:
    keep = family.keep
    return FamilyOut(
        keep=KeptAgent(id=keep.pk, name=keep.name, nodes=keep.node_count),
        duplicates=[
            DuplicateOut(
                id=one.agent.pk,
                name=one.agent.name,
                likeness=round(one.likeness, LIKENESS_DIGITS),
                differs=one.differs,
                identical=one.is_identical,
                nodes=one.agent.node_count,
                source_agent_id=one.agent.source_agent_id,
            )
            for one in family.duplicates
        ],
        nodes=family.nodes,
        prompt_lines=family.prompt_lines,
    )


def comparison_out(comparison: Comparison) -> ComparisonOut:
    return ComparisonOut.model_validate(asdict(comparison))


def agent_version_out(version: AgentVersion) -> AgentVersionOut:
    return AgentVersionOut.model_validate(version)


def agent_tag(agent: Agent) -> str:
    return version_tag(agent.version)
