"""Which agents play a score's nodes, over REST: ways out of an edit that would reach too far."""

from django.http import HttpResponse
from django.urls import reverse
from ninja import Query, Router, Status

from agents.models import Agent, AgentQuerySet
from agents.schemas import AgentIn, AgentOut, agent_out
from maestro.errors import NotFound
from maestro.rest.etags import seen
from maestro.rest.shapes import Id, IfMatch, find
from maestro.workspaces.bearer import ApiRequest, author, can
from maestro.workspaces.models import WorkspaceQuerySet
from scores import actions
from scores.models import Score
from scores.schemas import GraphOut, graph_out, graph_tag

from .schemas import (
    MergedOut,
    MergeIn,
    PinIn,
    PromotedOut,
    PromoteIn,
    SwapIn,
    SwappedOut,
    SwapPreviewOut,
    SwapQuery,
    merged_out,
    promoted_out,
    swap_preview_out,
    versions_now,
)

router = Router(tags=["Agents in scores"])


@router.post(
    "/scores/{score_id}/agents/{agent_id}/pin",
    response=GraphOut,
    auth=can("score:write"),
    by_alias=True,
)
def pin_agent_of_score(
    request: ApiRequest,
    response: HttpResponse,
    score_id: Id,
    agent_id: Id,
    body: PinIn,
    if_match: IfMatch,
) -> GraphOut:
    """Keep the score's nodes at a version of this agent: the score's next version. `If-Match` is the graph's."""
    with seen(_scores(request), score_id, if_match, graph_tag) as score:
        agent = find(_agents(request), agent_id)
        saved = actions.pin_agent(score, agent, body.version, author=author(request))
    return _graph(response, saved)


@router.post(
    "/scores/{score_id}/agents/{agent_id}/fork",
    response={201: AgentOut},
    auth=can("agent:write", "score:write"),
)
def fork_agent_for_score(
    request: ApiRequest, response: HttpResponse, score_id: Id, agent_id: Id, if_match: IfMatch
) -> Status[AgentOut]:
    """A copy of this agent that plays the score's nodes from now on. `If-Match` is the graph's."""
    with seen(_scores(request), score_id, if_match, graph_tag) as score:
        agent = find(_agents(request), agent_id)
        own = actions.fork_agent(score, agent, author=author(request))
    return _made(response, own.agent)


@router.post(
    "/scores/{score_id}/nodes/{node}/agent",
    response={201: AgentOut},
    auth=can("agent:write", "score:write"),
)
def create_agent_of_node(
    request: ApiRequest,
    response: HttpResponse,
    score_id: Id,
    node: Id,
    body: AgentIn,
    if_match: IfMatch,
) -> Status[AgentOut]:
    """A new agent that plays this LLM node from now on. `If-Match` is the graph's."""
    with seen(_scores(request), score_id, if_match, graph_tag) as score:
        own = actions.create_agent_for_node(
            score, node, body.fields(), author=author(request), note=body.note
        )
    return _made(response, own.agent)


@router.get(
    "/agents/{agent_id}/swap", response=SwapPreviewOut, auth=can("agent:read", "score:read")
)
def preview_swap(request: ApiRequest, agent_id: Id, query: Query[SwapQuery]) -> SwapPreviewOut:
    """What it would mean to let another agent play this one's nodes: nothing is changed."""
    agents = _agents(request).select_related("workspace")
    return swap_preview_out(actions.preview_swap(find(agents, agent_id), find(agents, query.to)))


@router.post(
    "/agents/{agent_id}/swap",
    response=SwappedOut,
    auth=can("agent:read", "score:write"),
)
def swap_agent(request: ApiRequest, agent_id: Id, body: SwapIn) -> SwappedOut:
    """Let another agent play this one's nodes in the scores named: all or none, each its next version.

    412 `stale_version` when one of them is no longer at the version sent.
    """
    old, new = find(_agents(request), agent_id), find(_agents(request), body.to)
    swapped = actions.swap_agent(old, new, body.scores, author=author(request))
    return SwappedOut(scores=versions_now(swapped))


@router.post("/agents/{agent_id}/merge", response=MergedOut, auth=can("agent:read", "score:write"))
def merge_agents(request: ApiRequest, agent_id: Id, body: MergeIn) -> MergedOut:
    """Let this agent play the nodes of its duplicates, in one transaction. They stay, unused, with their versions."""
    keep = find(_agents(request), agent_id)
    others = list(_agents(request).filter(pk__in=body.agents))
    if missing := set(body.agents) - {agent.pk for agent in others}:
        raise NotFound(f"There is no agent {', '.join(sorted(missing))} in this workspace")
    return merged_out(actions.merge_agents(keep, others, author=author(request)))


@router.post("/promotions", response={201: PromotedOut}, auth=can("agent:write", "score:write"))
def promote_score(
    request: ApiRequest, response: HttpResponse, body: PromoteIn
) -> Status[PromotedOut]:
    """A new score from an old document whose LLM nodes carry their prompts inline: each becomes an agent,
    or is linked to an identical one."""
    promoted = actions.promote_score(
        request.auth.workspace, body.fields(), body.graph, author=author(request)
    )
    response["Location"] = reverse("api:get_score", args=[promoted.saved.score.pk])
    return Status(201, promoted_out(promoted))


def _agents(request: ApiRequest) -> AgentQuerySet:
    return Agent.objects.in_workspace(request.auth.workspace)


def _scores(request: ApiRequest) -> WorkspaceQuerySet[Score]:
    return Score.objects.in_workspace(request.auth.workspace).select_related("workspace")


def _made(response: HttpResponse, agent: Agent) -> Status[AgentOut]:
    response["Location"] = reverse("api:get_agent", args=[agent.pk])
    return Status(201, agent_out(agent))


def _graph(response: HttpResponse, saved: actions.SavedGraph) -> GraphOut:
    response["ETag"] = graph_tag(saved.score)
    return graph_out(actions.read_graph(saved.score), saved.score.version, saved.warnings)
