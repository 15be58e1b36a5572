"""Does what the nodes name exist, and in this workspace?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from agents.models import AgentVersion
from agents.skills.registry import find
from maestro.errors import UnknownOperation
from maestro.workspaces.models import Workspace
from scores.document import GraphDocument, NodeDocument

from .issue import Issue, error


@dataclass(frozen=True)
class Known:
    """The agents of a workspace that a graph may name, each with the versions it has."""

    agents: Mapping[str, frozenset[int]]

    @classmethod
    def to(cls, workspace: Workspace, *documents: GraphDocument) -> "Known":
        """What of the documents' agents the workspace has, in one query."""
        nodes = [node for document in documents for node in document.nodes]
        named = {node.agent_id for node in nodes if node.agent_id}
        rows = AgentVersion.objects.filter(agent__workspace=workspace, agent_id__in=named)
        agents: dict[str, set[int]] = {}
        for agent_id, version in rows.values_list("agent_id", "version"):
            agents.setdefault(agent_id, set()).add(version)
        return cls({agent: frozenset(versions) for agent, versions in agents.items()})


def check_references(document: GraphDocument, known: Known) -> Iterator[Issue]:
    """Operations in the registry, agents and their versions in the workspace."""
    for node in document.nodes:
        if node.kind == "deterministic" and node.skill and node.operation:
            yield from _check_operation(node)
        if node.kind == "llm" and node.agent_id:
            yield from _check_agent(node, known)


def _check_operation(node: NodeDocument) -> Iterator[Issue]:
    try:
        find(node.skill, node.operation)
    except UnknownOperation as refusal:
        yield error("unknown_operation", f"{node.key}: {refusal}.", node)


def _check_agent(node: NodeDocument, known: Known) -> Iterator[Issue]:
    versions = known.agents.get(node.agent_id or "")
    if versions is None:
        message = f"{node.key}: this workspace has no agent {node.agent_id}; choose another."
        yield error("unknown_agent", message, node)
    elif node.agent_version is not None and node.agent_version not in versions:
        message = f"{node.key}: its agent has no version {node.agent_version}; leave it empty for the newest."
        yield error("unknown_agent_version", message, node)
