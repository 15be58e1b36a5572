"""Agents as documents carry them from one workspace to another: by slug, without ids."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from pydantic import BaseModel, ConfigDict

from maestro.workspaces.models import Workspace

from .actions import create_agent, save_agent
from .content import CONTENT, AgentFields, content_of
from .models import Agent

JSON = dict[str, Any]


class AgentContent(BaseModel):
    """What an agent says; what is left out is as it is for a new one."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

    slug: str
    name: str
    description: str = ""
    model: str | None = None
    system_prompt: str
    allowed_tools: list[str] | None = None
    output_schema: JSON | None = None
    parameters: JSON = {}

    def fields(self) -> AgentFields:
        return cast(AgentFields, self.model_dump(include=set(CONTENT)))


class OlderVersion(AgentContent):
    """A version that some node is pinned to."""

    version: int


class AgentEntry(AgentContent):
    """An agent, newest version first told, then those that nodes are pinned to."""

    versions: list[OlderVersion] = []


@dataclass(frozen=True)
class TakenAgent:
    """The agent, and by the document's version numbers those that it has here."""

    agent: Agent
    versions: Mapping[int, int]


def export_agent(agent: Agent, pinned: Iterable[int] = ()) -> AgentEntry:
    """The newest version; `pinned` ones come along."""
    older = agent.versions.filter(version__in=set(pinned)).order_by("version")
    return AgentEntry(
        **content_of(agent),
        versions=[OlderVersion(version=kept.version, **_known(kept.content)) for kept in older],
    )


def take_agent(workspace: Workspace, entry: AgentEntry, *, author: str) -> TakenAgent:
    """The agent of that slug, made or saved as the document says; unchanged, it keeps its version.

    InvalidInput says which field is wrong.
    """
    agent = Agent.objects.in_workspace(workspace).filter(slug=entry.slug).first()
    versions: dict[int, int] = {}
    for older in sorted(entry.versions, key=lambda one: one.version):
        kept = _version_that_says(agent, older)
        if kept is None:
            agent = _save(workspace, agent, older, author)
            kept = agent.version
        versions[older.version] = kept
    return TakenAgent(_save(workspace, agent, entry, author), versions)


def _known(content: JSON) -> JSON:
    return {name: content[name] for name in CONTENT if name in content}


def _version_that_says(agent: Agent | None, older: OlderVersion) -> int | None:
    """The same number where it fits, else the newest that does."""
    if agent is None:
        return None
    said = older.fields()
    same = [
        kept.version
        for kept in agent.versions.order_by("-version")
        if AgentContent.model_validate(_known(kept.content)).fields() == said
    ]
    return older.version if older.version in same else next(iter(same), None)


def _save(workspace: Workspace, agent: Agent | None, said: AgentContent, author: str) -> Agent:
    if agent is None:
        return create_agent(workspace, said.fields(), author=author, note="Imported")
    return save_agent(agent, said.fields(), author=author, note="Imported")
