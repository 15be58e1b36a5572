"""Agents that agents may call: `agent:<slug>` among the tools. None calls itself, however far around."""

from collections.abc import Iterable, Iterator, Mapping

from django.db.models import Exists, F, OuterRef, Q

from maestro.errors import InvalidInput
from maestro.workspaces.models import Workspace

from .models import Agent, AgentVersion

PREFIX = "agent:"
MAX_LEVELS = 3  # of helpers below an agent: each level multiplies what one node may spend


def slugs_in(tools: Iterable[object] | None) -> list[str]:
    """The slugs of the agents among these tools."""
    named = [str(tool) for tool in tools or []]
    return [tool.removeprefix(PREFIX) for tool in named if tool.startswith(PREFIX)]


def helpers_below(workspace: Workspace | str, tools: Iterable[object] | None) -> dict[str, Agent]:
    """By slug, the agents that these tools name, and those that they may call in turn."""
    found: dict[str, Agent] = {}
    ahead = slugs_in(tools)
    while ahead:
        agents = Agent.objects.filter(workspace=workspace, slug__in=ahead)
        new = {agent.slug: agent for agent in agents}
        found |= new
        named = {slug for agent in new.values() for slug in slugs_in(agent.allowed_tools)}
        ahead = sorted(named - found.keys())
    return found


def callers_of(agent: Agent) -> list[Agent]:
    """The agents that may call it: in their newest version, or in one that a node is pinned to."""
    tool = [PREFIX + agent.slug]
    pinned = AgentVersion.objects.filter(
        agent=OuterRef("pk"),
        content__allowed_tools__contains=tool,
        agent__nodes__agent_version=F("version"),
    )
    named = Agent.objects.filter(workspace=agent.workspace_id).exclude(pk=agent.pk)
    return list(named.filter(Q(allowed_tools__contains=tool) | Exists(pinned)).order_by("name"))


def callers_around(agent: Agent) -> list[Agent]:
    """Those, and whoever may call them in turn."""
    found: dict[str, Agent] = {}
    ahead = [agent]
    while ahead:
        new = [one for caller in ahead for one in callers_of(caller) if one.pk not in found]
        found |= {one.pk: one for one in new}
        ahead = new
    found.pop(agent.pk, None)
    return list(found.values())


def check_helpers(agent: Agent) -> None:
    """InvalidInput for an agent among its tools that is not there, calls it back, or is too deep."""
    if not slugs_in(agent.allowed_tools):
        return
    # So that of two saves at once that close a circle the second sees the first.
    Workspace.objects.select_for_update(no_key=True).get(pk=agent.workspace_id)
    below = helpers_below(agent.workspace_id, agent.allowed_tools)
    tools: dict[str, Iterable[object] | None] = {
        slug: helper.allowed_tools for slug, helper in below.items()
    }
    tools[agent.slug] = agent.allowed_tools
    for path in _paths((agent.slug,), tools):
        if path[-1] not in tools:
            raise _refused(f"There is no agent {path[-1]} among the tools", path)
        if path[-1] in path[:-1]:
            raise _refused(f"Agents would call each other in a circle: {' → '.join(path)}", path)
    levels = len(_longest(agent.slug, tools)) - 1
    above = max((_levels_above(caller, agent.slug) for caller in _stored_callers(agent)), default=0)
    if levels + above > MAX_LEVELS:
        message = f"Agents call each other over {levels + above} levels; {MAX_LEVELS} are allowed"
        raise _refused(message, _longest(agent.slug, tools))


def _paths(
    path: tuple[str, ...], tools: Mapping[str, Iterable[object] | None]
) -> Iterator[tuple[str, ...]]:
    """Every way down, each as far as it is new; a circle ends its way, and so does too great a depth."""
    for slug in slugs_in(tools.get(path[-1])):
        further = (*path, slug)
        yield further
        if slug not in path and slug in tools and len(further) <= MAX_LEVELS + 1:
            yield from _paths(further, tools)


def _longest(slug: str, tools: Mapping[str, Iterable[object] | None]) -> tuple[str, ...]:
    return max(_paths((slug,), tools), key=len, default=(slug,))


def _stored_callers(agent: Agent) -> list[Agent]:
    return [] if agent._state.adding else callers_around(agent)


def _levels_above(caller: Agent, slug: str) -> int:
    """How far above the agent `slug` this one calls."""
    below = helpers_below(caller.workspace_id, caller.allowed_tools)
    tools: dict[str, Iterable[object] | None] = {s: a.allowed_tools for s, a in below.items()}
    tools[caller.slug], tools[slug] = caller.allowed_tools, None
    ways = [path for path in _paths((caller.slug,), tools) if path[-1] == slug]
    return max((len(way) - 1 for way in ways), default=0)


def _refused(message: str, path: tuple[str, ...]) -> InvalidInput:
    return InvalidInput(message, place="allowed_tools", tool=PREFIX + path[1])
