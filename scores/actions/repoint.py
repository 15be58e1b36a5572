"""Who plays a score's LLM nodes: changed without drawing the graph anew."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from agents.actions import copy_agent, create_agent
from agents.content import AgentFields
from agents.models import Agent
from maestro.errors import InvalidInput, NotFound
from scores.document import GraphDocument
from scores.models import Node, Score

from .graph import SavedGraph, save_graph
from .rows import document_of

JSON = dict[str, Any]


@dataclass(frozen=True)
class Player:
    """Who plays a node; without a version the agent's newest."""

    agent_id: str
    version: int | None = None


@dataclass(frozen=True)
class OwnAgent:
    """An agent that was made for a score, and the score that now plays it."""

    agent: Agent
    saved: SavedGraph


@transaction.atomic
def repoint(
    score: Score,
    players: Mapping[str, Player],
    *,
    author: str,
    message: str,
    expected_version: int | None = None,
) -> SavedGraph:
    """The newest graph with these players at these nodes, as the next version; a draft follows.

    InvalidInput for a key that is no LLM node; StaleVersion and InvalidScore as a save.
    """
    locked = Score.objects.select_for_update().get(pk=score.pk)
    document, draft = document_of(locked), locked.draft
    thinking = {node.key for node in document.nodes if node.kind == "llm"}
    if unknown := players.keys() - thinking:
        message = f"{score} has no LLM node {', '.join(sorted(unknown))}"
        raise InvalidInput(message, place="nodes")
    saved = save_graph(
        locked,
        repointed(document, players),
        author=author,
        message=message,
        expected_version=expected_version,
    )
    if draft is not None:
        saved.score.draft = _follow(draft, document, players)
        saved.score.save(update_fields=["draft"])
    return saved


def repointed(document: GraphDocument, players: Mapping[str, Player]) -> GraphDocument:
    """The same graph, played by others at the nodes named."""
    nodes = [
        node.model_copy(update={"agent_id": player.agent_id, "agent_version": player.version})
        if (player := players.get(node.key))
        else node
        for node in document.nodes
    ]
    return document.model_copy(update={"nodes": nodes})


def pin_agent(
    score: Score,
    agent: Agent,
    version: int | None,
    *,
    author: str,
    expected_version: int | None = None,
) -> SavedGraph:
    """Keep the score's nodes at a version of their agent, whatever is saved later; None: the newest.

    NotFound when the score does not play the agent; InvalidScore when there is no such version.
    """
    players = {node.key: Player(agent.pk, version) for node in _played_by(agent, score)}
    what = f"{agent} stays at v{version}" if version else f"{agent} follows its newest version"
    return repoint(score, players, author=author, message=what, expected_version=expected_version)


@transaction.atomic
def fork_agent(
    score: Score, agent: Agent, *, author: str, expected_version: int | None = None
) -> OwnAgent:
    """A copy of the agent for this score alone: what is edited there reaches no other one.

    Nodes pinned to an old version find it in the copy. NotFound when the score does not play it.
    """
    nodes = _played_by(agent, score)
    copied = copy_agent(agent, author=author, pinned=_pinned(nodes))
    players = {
        node.key: Player(
            copied.agent.pk, node.agent_version and copied.versions[node.agent_version]
        )
        for node in nodes
    }
    message = f"Its own copy of {agent}: {copied.agent.slug}"
    saved = repoint(
        score, players, author=author, message=message, expected_version=expected_version
    )
    return OwnAgent(copied.agent, saved)


@transaction.atomic
def create_agent_for_node(
    score: Score,
    key: str,
    fields: AgentFields,
    *,
    author: str,
    note: str = "",
    expected_version: int | None = None,
) -> OwnAgent:
    """A new agent, and the node that plays it from now on."""
    agent = create_agent(score.workspace, fields, author=author, note=note)
    players = {key: Player(agent.pk)}
    message = f"New agent at {key}: {agent}"
    saved = repoint(
        score, players, author=author, message=message, expected_version=expected_version
    )
    return OwnAgent(agent, saved)


def _played_by(agent: Agent, score: Score) -> list[Node]:
    nodes = list(agent.nodes.filter(score=score).order_by("order"))
    if not nodes:
        raise NotFound(f"{score} does not play {agent}")
    return nodes


def _pinned(nodes: list[Node]) -> set[int]:
    return {node.agent_version for node in nodes if node.agent_version is not None}


def _follow(draft: JSON, before: GraphDocument, players: Mapping[str, Player]) -> JSON:
    """The draft with the new players, wherever it still has the ones before."""
    old = {node.key: node.agent_id for node in before.nodes}
    nodes = [
        {**node, "agent_id": player.agent_id, "agent_version": player.version}
        if (player := players.get(node.get("key"))) and node.get("agent_id") == old[node["key"]]
        else node
        for node in draft.get("nodes", [])
    ]
    return {**draft, "nodes": nodes}
