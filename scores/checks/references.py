"""Does what the nodes name exist, and in this workspace?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from agents.models import AgentVersion
from agents.skills.mcp.offered import unknown_tools
from agents.skills.registry import find, skills
from maestro.errors import UnknownOperation
from maestro.prepared import ask
from maestro.workspaces.models import Workspace
from scores.document import GraphDocument, NodeDocument

from .issue import Issue, error, nearest

# Each start asks these: the ORM takes longer to word them than the database to answer.
AGENT_VERSIONS = """
select save.agent_id, save.version from agents join agent_versions save on save.agent_id = agents.id
 where agents.id = any(%(ids)s) and agents.workspace_id = %(workspace)s"""
SCORE_VERSIONS = """
select save.score_id, save.version from scores join score_versions save on save.score_id = scores.id
 where scores.id = any(%(ids)s) and scores.workspace_id = %(workspace)s"""


@dataclass(frozen=True)
class Known:
    """The agents and scores of a workspace that a graph may name, each with the versions it has."""

    agents: Mapping[str, frozenset[int]]
    scores: Mapping[str, frozenset[int]] = field(default_factory=dict)
    missing_tools: frozenset[str] = frozenset()  # of MCP servers, by full name

    @classmethod
    def to(cls, workspace: Workspace, *documents: GraphDocument) -> "Known":
        """What of those that the documents name the workspace has; at most three queries."""
        nodes = [node for document in documents for node in document.nodes]
        agents = {node.agent_id for node in nodes if node.agent_id}
        scores = {node.subscore_id for node in nodes if node.subscore_id}
        return cls(
            _versions(AGENT_VERSIONS, agents, workspace),
            _versions(SCORE_VERSIONS, scores, workspace),
            frozenset(unknown_tools(workspace, [f"{n.skill}.{n.operation}" for n in nodes])),
        )


def _versions(statement: str, ids: set[str], workspace: Workspace) -> dict[str, frozenset[int]]:
    """By agent or score those of its versions that there are."""
    if not ids:
        return {}
    versions: dict[str, set[int]] = {}
    for id, version in ask(statement, {"ids": list(ids), "workspace": workspace.pk}):
        versions.setdefault(id, set()).add(version)
    return {id: frozenset(found) for id, found in versions.items()}


def answers_of(document: GraphDocument, known: Known) -> dict[tuple[str, int | None], Any]:
    """The output schema of each agent the graph plays, by id and version; None is the newest.

    One query, for agents of the workspace only.
    """
    agents = {node.agent_id for node in document.nodes} & known.agents.keys()
    if not agents:
        return {}
    saves = AgentVersion.objects.filter(agent__in=agents).order_by("version")
    answers: dict[tuple[str, int | None], Any] = {}
    for agent, version, schema in saves.values_list("agent", "version", "content__output_schema"):
        answers[agent, version] = answers[agent, None] = schema
    return answers


def check_references(document: GraphDocument, known: Known) -> Iterator[Issue]:
    """Operations in the registry; agents, scores and their versions in the workspace."""
    for node in document.nodes:
        if node.kind == "deterministic" and node.skill and node.operation:
            yield from _check_operation(node, known)
        if node.kind == "llm" and node.agent_id:
            yield from _check_agent(node, known)
        if node.subkind == "subscore" and node.subscore_id:
            yield from _check_subscore(node, known)


def _check_operation(node: NodeDocument, known: Known) -> Iterator[Issue]:
    name = f"{node.skill}.{node.operation}"
    if name in known.missing_tools:
        message = f"{node.key}: this workspace has no MCP tool {name}; register its server."
        yield error("unknown_operation", message, node)
        return
    try:
        find(node.skill, node.operation)
    except UnknownOperation as refusal:
        yield error("unknown_operation", f"{node.key}: {refusal}{_meant(node)}", node)


def _meant(node: NodeDocument) -> str:
    """What is most like the skill, or the operation of a skill that is there."""
    known = {skill.name: skill.operations for skill in skills()}
    if node.skill in known:
        return nearest(node.operation, known[node.skill]) or "; choose one of these."
    return nearest(node.skill, known) or "; choose one of these."


def _check_agent(node: NodeDocument, known: Known) -> Iterator[Issue]:
    versions = known.agents.get(node.agent_id or "")
    if versions is None:
        message = f"{node.key}: this workspace has no agent {node.agent_id}; choose another."
        yield error("unknown_agent", message, node)
    elif node.agent_version is not None and node.agent_version not in versions:
        message = f"{node.key}: its agent has no version {node.agent_version}; leave it empty for the newest."
        yield error("unknown_agent_version", message, node)


def _check_subscore(node: NodeDocument, known: Known) -> Iterator[Issue]:
    versions, wanted = known.scores.get(node.subscore_id or ""), node.config.get("version")
    if versions is None:
        message = (
            f"{node.key}: this workspace has no saved score {node.subscore_id}; choose another."
        )
        yield error("unknown_subscore", message, node)
    elif isinstance(wanted, int) and wanted > 0 and wanted not in versions:
        message = f"{node.key}: its score has no version {wanted}; leave it empty for the newest."
        yield error("unknown_subscore_version", message, node)
