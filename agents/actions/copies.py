"""What was saved, again: an old version as the newest one, or as the start of another agent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import cast

from django.db import transaction

from agents.content import AgentFields
from agents.helpers import PREFIX, helpers_below, slugs_in
from agents.models import Agent
from maestro.errors import NotFound
from maestro.slugs import named_as_copy

from .catalog import create_agent, save_agent


@dataclass(frozen=True)
class AgentCopy:
    """A copied agent; `versions` leads from the source's version numbers to its own."""

    agent: Agent
    versions: Mapping[int, int]


@transaction.atomic
def restore_version(
    agent: Agent, version: int, *, author: str, expected_version: int | None = None
) -> Agent:
    """The agent as it was at `version`, as its next version; a slug that is taken by now stays.

    NotFound when there is no such version, InvalidInput when it could not be used any more.
    """
    kept = agent.versions.filter(version=version).first()
    if kept is None:
        raise NotFound(f"{agent} has no version {version}")
    fields = cast(AgentFields, dict(kept.content))
    others = Agent.objects.filter(workspace=agent.workspace).exclude(pk=agent.pk)
    if others.filter(slug=fields.get("slug")).exists():
        fields.pop("slug")
    note = f"Restored v{version}"
    return save_agent(agent, fields, author=author, note=note, expected_version=expected_version)


@transaction.atomic
def copy_agent(
    agent: Agent,
    *,
    author: str,
    pinned: Iterable[int] = (),
    helpers: Mapping[str, str] | None = None,
) -> AgentCopy:
    """Another agent that says the same. The `pinned` versions come along, oldest first, so that
    who plays one of them finds it in the copy too. `helpers` leads from the slugs of agents that it
    may call to those that its copy shall call."""
    source = Agent.objects.select_for_update(no_key=True).get(pk=agent.pk)
    name, slug = named_as_copy(Agent.objects.filter(workspace=source.workspace), source)
    copy: Agent | None = None
    versions: dict[int, int] = {}
    wanted = {*pinned, source.version}
    for kept in source.versions.filter(version__in=wanted).order_by("version"):
        fields = cast(AgentFields, kept.content | {"name": name, "slug": slug})
        fields["allowed_tools"] = _renamed(fields.get("allowed_tools"), helpers or {})
        note = f"Copied from {source.slug} v{kept.version}"
        if copy is None:
            copy = create_agent(source.workspace, fields, author=author, note=note, source=source)
        else:
            copy = save_agent(copy, fields, author=author, note=note)
        versions[kept.version] = copy.version
    if copy is None:
        raise NotFound(f"{source} has no version {source.version}")
    return AgentCopy(copy, versions)


@transaction.atomic
def copy_helpers(agents: Iterable[Agent], *, author: str) -> dict[str, str]:
    """One copy of each agent that these may call, at any level: from its slug to its copy's."""
    helpers: dict[str, Agent] = {}
    for agent in agents:
        helpers |= helpers_below(agent.workspace, agent.allowed_tools)
    named = {slug: slugs_in(helper.allowed_tools) for slug, helper in helpers.items()}
    copies: dict[str, str] = {}
    for slug in TopologicalSorter(named).static_order():
        if slug in helpers:
            copied = copy_agent(helpers[slug], author=author, helpers=copies)
            copies[slug] = copied.agent.slug
    return copies


def _renamed(tools: list[str] | None, helpers: Mapping[str, str]) -> list[str] | None:
    if tools is None:
        return None
    renamed = {PREFIX + old: PREFIX + new for old, new in helpers.items()}
    return [renamed.get(tool, tool) for tool in tools]
