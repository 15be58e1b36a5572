"""Agents as entries of the catalog: make one, save it as its next version, delete it."""

from itertools import groupby

from django.db import IntegrityError, transaction
from django.db.models import RestrictedError

from agents.content import CONTENT, AgentFields, check_content, content_of
from agents.helpers import callers_of, check_helpers
from agents.models import Agent, AgentVersion
from agents.skills.mcp.offered import unknown_tools
from maestro.cleaning import clean, taken_at_the_same_time
from maestro.errors import InUse, InvalidInput, StaleVersion
from maestro.ids import new_id
from maestro.slugs import free_slug
from maestro.uses import Use, use_by
from maestro.workspaces.audit import record
from maestro.workspaces.models import Workspace


@transaction.atomic
def create_agent(
    workspace: Workspace,
    fields: AgentFields,
    *,
    author: str,
    note: str = "",
    agent_id: str | None = None,
    is_template: bool = False,
    source: Agent | None = None,
) -> Agent:
    """A new agent, at version 1; InvalidInput says which field is wrong."""
    agent = Agent(
        id=agent_id or new_id("ag"),
        workspace=workspace,
        is_template=is_template,
        source_agent=source,
        source_version=source.version if source else None,
    )
    _take(agent, fields)
    with taken_at_the_same_time(f"the slug {agent.slug}"):
        agent.save(force_insert=True)
    _keep_version(agent, author, note)
    return agent


@transaction.atomic
def save_agent(
    agent: Agent,
    fields: AgentFields,
    *,
    author: str,
    note: str = "",
    expected_version: int | None = None,
) -> Agent:
    """The agent with these fields, as its next version; unchanged, it keeps the one it has.

    Every node that plays it does so from its next run on. StaleVersion when it is no longer at
    `expected_version`; InvalidInput says which field is wrong.
    """
    saved = Agent.objects.select_for_update().get(pk=agent.pk)
    if expected_version not in (None, saved.version):
        message = f"{saved} is at version {saved.version}, not {expected_version}; read it again"
        raise StaleVersion(message, version=saved.version)
    before = content_of(saved)
    _take(saved, fields)
    if content_of(saved) == before:
        return saved
    saved.version += 1
    with taken_at_the_same_time(f"the slug {saved.slug}"):
        saved.save()
    _keep_version(saved, author, note)
    return saved


def delete_agent(agent: Agent, *, author: str) -> None:
    """Delete an agent that nothing plays; else InUse, with what does."""
    try:
        with transaction.atomic():
            # Who saves a caller of it at the same moment waits, and finds it gone.
            Workspace.objects.select_for_update(no_key=True).get(pk=agent.workspace_id)
            record(agent.workspace, author, "agent.deleted", agent, {"name": agent.name})
            Agent.objects.filter(pk=agent.pk).delete()
            # A run has committed by now and is seen here, or it will find no agent to pin.
            _refuse_while_used(agent)
    except (RestrictedError, IntegrityError):
        _refuse_while_used(agent)
        raise


def uses_of(agent: Agent) -> list[Use]:
    """The agents that may call it, the scores whose nodes play it, the orchestras pinned to a version
    that does, and the unfinished runs that began with it, at most a hundred."""
    nodes = agent.nodes.select_related("score").order_by("score__name", "score_id", "order")
    scores = groupby(nodes, key=lambda node: node.score)
    pins = agent.pinned_by.select_related("orchestra").order_by("orchestra__name")
    runs = agent.workspace.runs.unfinished().pinning(agent.pk).order_by("queued_at")
    return [
        *(use_by(caller) for caller in callers_of(agent)),
        *(use_by(score, [node.key for node in played]) for score, played in scores),
        *(use_by(pin.orchestra) for pin in pins),
        *(use_by(run) for run in runs.only("id")[:100]),
    ]


def _refuse_while_used(agent: Agent) -> None:
    if used_by := uses_of(agent):
        names = ", ".join(use["name"] for use in used_by[:5])
        raise InUse(f"{agent} is used by {names}", used_by=used_by)


def _take(agent: Agent, fields: AgentFields) -> None:
    for name, value in fields.items():
        if name in CONTENT:
            setattr(agent, name, value)
    agent.model = agent.model or None
    former = None if agent._state.adding else Agent.objects.get(pk=agent.pk)
    if not agent.slug:
        others = Agent.objects.filter(workspace=agent.workspace).exclude(pk=agent.pk)
        agent.slug = free_slug(others, agent.name, "agent")
    check_content(content_of(agent))
    _refuse_unknown_tools(agent)
    clean(agent)
    check_helpers(agent)
    if former is not None and former.slug != agent.slug:
        _refuse_while_called(former)


def _refuse_while_called(former: Agent) -> None:
    """Its callers name it by its slug."""
    if callers := callers_of(former):
        names = ", ".join(str(caller) for caller in callers[:5])
        message = f"The slug stays {former.slug}, because {names} may call it by that"
        raise InvalidInput(message, place="slug")


def _refuse_unknown_tools(agent: Agent) -> None:
    """Of MCP servers: what there is of them is the workspace's own."""
    if unknown := unknown_tools(agent.workspace, agent.allowed_tools or []):
        message = f"allowed_tools: this workspace has no MCP tool {', '.join(unknown)}"
        raise InvalidInput(message, place="allowed_tools")


def _keep_version(agent: Agent, author: str, note: str) -> None:
    kept = AgentVersion(
        agent=agent, version=agent.version, content=content_of(agent), author=author, note=note
    )
    clean(kept)
    kept.save(force_insert=True)
    details = {"version": agent.version, "note": note}
    record(agent.workspace, author, "agent.saved", agent, details)
