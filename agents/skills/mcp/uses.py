"""What calls a server's tools: the nodes that name one, and the agents that may."""

from itertools import groupby

from django.apps import apps
from django.db.models import Q

from agents.models import Agent
from maestro.uses import Use, use_by

from .models import McpServer
from .offered import SKILLS


def uses_of(server: McpServer) -> list[Use]:
    """Scores with the keys of their nodes, then agents."""
    rows = apps.get_model("scores", "Node").objects.filter(workspace=server.workspace_id)
    named = rows.filter(skill__in=SKILLS, operation__startswith=f"{server.name}.")
    nodes = named.select_related("score").order_by("score__name", "score_id", "order")
    agents = Agent.objects.in_workspace(server.workspace).filter(_allows(server))
    return [
        *(
            use_by(score, [node.key for node in held])
            for score, held in groupby(nodes, key=lambda node: node.score)
        ),
        *(use_by(agent) for agent in agents.order_by("name") if _calls(agent, server)),
    ]


def _allows(server: McpServer) -> Q:
    """Narrows the agents to read: their tools are a list of texts."""
    allowed = Q()
    for skill in SKILLS:
        allowed |= Q(allowed_tools__icontains=f"{skill}.{server.name}.")
    return allowed


def _calls(agent: Agent, server: McpServer) -> bool:
    starts = tuple(f"{skill}.{server.name}." for skill in SKILLS)
    return any(str(tool).startswith(starts) for tool in agent.allowed_tools or [])
