"""Who asks for a secret by its name, without anything tied to it: nodes and agents."""

from collections import defaultdict
from collections.abc import Collection, Iterator

from django.conf import settings

from agents.models import Agent
from agents.skills.registry import allowed_operations, find
from maestro.errors import UnknownOperation
from maestro.uses import Use, use_by
from maestro.workspaces.filling import MODEL_SLOT, lent_to
from maestro.workspaces.models import Secret, Workspace
from scores.models import Node, Score

Asking = dict[str, list[Use]]


def asking_by_name(workspace: Workspace, names: Collection[str]) -> Asking:
    """By name: scores with the keys of their nodes, then agents. Two queries, for all names together.

    A node asks by its operation's slots, by its params, or, with an agent, for the models' key; an
    agent asks by the operations that it is allowed.
    """
    wanted, found = set(names), Asking()
    for name, scores in _nodes(workspace, wanted).items():
        found[name] = [use_by(score, keys) for score, keys in scores.items()]
    for agent in Agent.objects.in_workspace(workspace).order_by("name", "pk"):
        operations, _ = allowed_operations(agent.allowed_tools or [])
        for name in wanted & {slot.name for one in operations for slot in one.secrets}:
            found.setdefault(name, []).append(use_by(agent))
    return found


def left_empty(secret: Secret) -> list[Use]:
    """Those who would find nothing under its name if it were gone: none where the environment fills it."""
    workspace = secret.workspace
    lent = settings.ENVIRONMENT_SECRETS.get(secret.name) and secret.name in lent_to(workspace)
    return [] if lent else asking_by_name(workspace, [secret.name]).get(secret.name, [])


def _nodes(workspace: Workspace, wanted: set[str]) -> dict[str, dict[Score, list[str]]]:
    found: defaultdict[str, dict[Score, list[str]]] = defaultdict(dict)
    nodes = Node.objects.filter(workspace=workspace, kind__in=["deterministic", "llm"])
    for node in nodes.select_related("score").order_by("score__name", "score_id", "order"):
        for name in wanted & set(_slots_of(node)):
            found[name].setdefault(node.score, []).append(node.key)
    return found


def _slots_of(node: Node) -> Iterator[str]:
    if node.kind == "llm":
        yield MODEL_SLOT
        return
    try:
        operation = find(node.skill, node.operation)
    except UnknownOperation:  # a tool of an MCP server, which is tied to its secret
        return
    yield from (slot.name for slot in operation.slots_for(node.config.get("params", {})))
