"""Which nodes and agents of a workspace use which operations: two queries, however many there are."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from agents.models import Agent
from maestro.workspaces.models import Workspace
from scores.models import Node, Score


@dataclass
class Uses:
    """Of one operation: the keys of nodes by score, and the agents that may call it."""

    scores: dict[Score, list[str]] = field(default_factory=dict)
    agents: list[Agent] = field(default_factory=list)

    @property
    def nodes(self) -> int:
        return sum(len(keys) for keys in self.scores.values())


def uses_in(workspace: Workspace, names: Iterable[str]) -> dict[str, Uses]:
    """By full name (`http.get`), for each of `names`."""
    found: dict[str, Uses] = {name: Uses() for name in names}
    nodes = Node.objects.filter(workspace=workspace, kind="deterministic")
    for node in nodes.select_related("score").order_by("score__name", "score_id", "order"):
        if uses := found.get(f"{node.skill}.{node.operation}"):
            uses.scores.setdefault(node.score, []).append(node.key)
    offering = _by_tool(workspace)
    for name, uses in found.items():
        both = [*offering[name.partition(".")[0]], *offering[name]]
        uses.agents = sorted(set(both), key=lambda agent: (agent.name, agent.pk))
    return found


def _by_tool(workspace: Workspace) -> defaultdict[str, list[Agent]]:
    agents = Agent.objects.in_workspace(workspace).only("id", "name", "slug", "allowed_tools")
    tools: defaultdict[str, list[Agent]] = defaultdict(list)
    for agent in agents:
        for tool in agent.allowed_tools or []:
            tools[tool].append(agent)
    return tools
