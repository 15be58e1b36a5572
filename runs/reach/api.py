"""The reach of an agent over REST."""

from ninja import Router

from agents.models import Agent
from maestro.rest.shapes import Id, find
from maestro.workspaces.bearer import ApiRequest, can
from runs.reach import reach_of

from .schemas import ReachOut, reach_out

router = Router(tags=["Agents in scores"])


@router.get("/agents/{agent_id}/reach", response=ReachOut, auth=can("agent:read", "score:read"))
def get_reach_of_agent(request: ApiRequest, agent_id: Id) -> ReachOut:
    """Which scores, orchestras and writes the agent's next version would reach, how soon and for how much."""
    return reach_out(reach_of(find(Agent.objects.in_workspace(request.auth.workspace), agent_id)))
