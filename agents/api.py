"""Agents over REST."""

from django.http import HttpResponse
from django.urls import reverse
from ninja import Query, Router, Status

from agents import actions
from agents.comparison import compare
from agents.duplicates import find_duplicates
from agents.listing import listed
from agents.models import Agent, AgentQuerySet
from agents.schemas import (
    AgentFilters,
    AgentIn,
    AgentOut,
    AgentPatch,
    AgentVersionOut,
    ComparedVersions,
    ComparisonOut,
    FamiliesOut,
    ListedAgentOut,
    NewAgentIn,
    agent_out,
    agent_tag,
    agent_version_out,
    comparison_out,
    families_out,
    listed_agent_out,
)
from maestro.rest.etags import seen
from maestro.rest.paging import Page, PageQuery, page
from maestro.rest.shapes import Id, IfMatch, VersionNumber, find
from maestro.workspaces.bearer import ApiRequest, author, can

router = Router(tags=["Agents"])


@router.get("/agents", response=Page[ListedAgentOut], auth=can("agent:read"))
def list_agents(request: ApiRequest, query: Query[AgentFilters]) -> Page[ListedAgentOut]:
    """Newest first, each with who plays it and what it cost."""
    asked = query.model_dump(include={"use", "model", "skill", "cost_from"})
    agents = listed(_agents(request), **asked)
    return page(Page[ListedAgentOut], agents, query, listed_agent_out)


@router.post("/agents", response={201: AgentOut}, auth=can("agent:write"))
def create_agent(request: ApiRequest, response: HttpResponse, body: NewAgentIn) -> Status[AgentOut]:
    """A new agent, at version 1."""
    source = body.source_agent_id
    agent = actions.create_agent(
        request.auth.workspace,
        body.fields(),
        author=author(request),
        note=body.note,
        source=find(_agents(request), source) if source else None,
    )
    response["Location"] = reverse("api:get_agent", args=[agent.id])
    return Status(201, _shown(response, agent))


@router.get("/agents/duplicates", response=FamiliesOut, auth=can("agent:read"))
def list_duplicate_agents(request: ApiRequest) -> FamiliesOut:
    """Agents whose prompts are the same or nearly, that with the most to save first; all on one page."""
    return families_out(find_duplicates(request.auth.workspace))


@router.get("/agents/{agent_id}", response=AgentOut, auth=can("agent:read"))
def get_agent(request: ApiRequest, response: HttpResponse, agent_id: Id) -> AgentOut:
    return _shown(response, find(_agents(request), agent_id))


@router.put("/agents/{agent_id}", response=AgentOut, auth=can("agent:write"))
def replace_agent(
    request: ApiRequest, response: HttpResponse, agent_id: Id, body: AgentIn, if_match: IfMatch
) -> AgentOut:
    """The whole agent anew, as its next version; every node that plays it does so from its next run on."""
    return _save(request, response, agent_id, body, if_match)


@router.patch("/agents/{agent_id}", response=AgentOut, auth=can("agent:write"))
def change_agent(
    request: ApiRequest, response: HttpResponse, agent_id: Id, body: AgentPatch, if_match: IfMatch
) -> AgentOut:
    """Some of its fields; unchanged, it keeps its version."""
    return _save(request, response, agent_id, body, if_match)


@router.delete("/agents/{agent_id}", response={204: None}, auth=can("agent:write"))
def delete_agent(request: ApiRequest, agent_id: Id, if_match: IfMatch) -> Status[None]:
    """409 `in_use`, with what plays it, as long as something does."""
    with seen(_agents(request), agent_id, if_match, agent_tag) as agent:
        actions.delete_agent(agent, author=author(request))
    return Status(204, None)


@router.get("/agents/{agent_id}/versions", response=Page[AgentVersionOut], auth=can("agent:read"))
def list_agent_versions(
    request: ApiRequest, agent_id: Id, query: Query[PageQuery]
) -> Page[AgentVersionOut]:
    """Newest first."""
    versions = find(_agents(request), agent_id).versions.all()
    return page(Page[AgentVersionOut], versions, query, agent_version_out, ["-version"])


@router.get(
    "/agents/{agent_id}/versions/{version}", response=AgentVersionOut, auth=can("agent:read")
)
def get_agent_version(request: ApiRequest, agent_id: Id, version: VersionNumber) -> AgentVersionOut:
    """The agent as that save left it."""
    versions = find(_agents(request), agent_id).versions.all()
    return agent_version_out(find(versions, version, by="version"))


@router.post(
    "/agents/{agent_id}/versions/{version}/restore", response=AgentOut, auth=can("agent:write")
)
def restore_agent_version(
    request: ApiRequest,
    response: HttpResponse,
    agent_id: Id,
    version: VersionNumber,
    if_match: IfMatch,
) -> AgentOut:
    """The agent as that save left it, as its next version, which says where it is from."""
    with seen(_agents(request), agent_id, if_match, agent_tag) as agent:
        restored = actions.restore_version(agent, version, author=author(request))
    return _shown(response, restored)


@router.get("/agents/{agent_id}/comparison", response=ComparisonOut, auth=can("agent:read"))
def compare_agent_versions(
    request: ApiRequest, agent_id: Id, query: Query[ComparedVersions]
) -> ComparisonOut:
    """What changed from one version to another: the prompt by words, the settings by fields."""
    versions = find(_agents(request), agent_id).versions.all()
    before, after = (find(versions, n, by="version") for n in (query.before, query.after))
    return comparison_out(compare(before.content, after.content))


def _agents(request: ApiRequest) -> AgentQuerySet:
    return Agent.objects.in_workspace(request.auth.workspace)


def _save(
    request: ApiRequest,
    response: HttpResponse,
    agent_id: str,
    body: AgentIn,
    if_match: str | None,
) -> AgentOut:
    fields = body.fields_to_replace()
    with seen(_agents(request), agent_id, if_match, agent_tag) as agent:
        saved = actions.save_agent(agent, fields, author=author(request), note=body.note)
    return _shown(response, saved)


def _shown(response: HttpResponse, agent: Agent) -> AgentOut:
    response["ETag"] = agent_tag(agent)
    return agent_out(agent)
