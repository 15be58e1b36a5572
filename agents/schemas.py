"""Agents on the wire."""

from datetime import datetime
from typing import cast

from pydantic import BaseModel, ConfigDict, Field

from agents.content import AgentFields
from agents.models import Agent, AgentVersion
from maestro.rest.etags import version_tag
from maestro.rest.shapes import JSON, Body, Name, Slug


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


def agent_version_out(version: AgentVersion) -> AgentVersionOut:
    return AgentVersionOut.model_validate(version)


def agent_tag(agent: Agent) -> str:
    return version_tag(agent.version)
