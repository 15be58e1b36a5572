"""A score again, with agents of its own: whatever is changed there leaves the first one as it is."""

from collections.abc import Iterable
from typing import cast

from django.db import transaction

from agents.actions import AgentCopy, copy_agent, copy_helpers
from agents.models import Agent
from maestro.slugs import named_as_copy
from scores.document import GraphDocument, NodeDocument
from scores.models import Score

from .catalog import ScoreFields, create_score
from .graph import save_graph
from .repoint import Player, repointed
from .rows import document_of


@transaction.atomic
def clone_score(score: Score, *, author: str) -> Score:
    """A new score with the newest saved graph and one copy of each agent in it; the draft stays.

    InvalidScore when the graph could not be saved today, because something it names is gone.
    """
    source = Score.objects.select_for_update().get(pk=score.pk)
    name, slug = named_as_copy(Score.objects.filter(workspace=source.workspace), source)
    fields = ScoreFields(
        name=name,
        slug=slug,
        description=source.description,
        pipeline_kind=source.pipeline_kind,
    )
    clone = create_score(source.workspace, fields, author=author, source=source)
    if not source.version:
        return clone
    document = document_of(source)
    message = f"Cloned from {source.slug} v{source.version}"
    return save_graph(
        clone, _with_own_agents(document, author), author=author, message=message
    ).score


def _with_own_agents(document: GraphDocument, author: str) -> GraphDocument:
    thinking = [node for node in document.nodes if node.agent_id]
    copies = _copy_agents(thinking, author)
    players = {node.key: _player(node, copies[cast(str, node.agent_id)]) for node in thinking}
    return repointed(document, players)


def _copy_agents(nodes: Iterable[NodeDocument], author: str) -> dict[str, AgentCopy]:
    """One for each agent, however many nodes play it; in id order, as all who lock several."""
    pinned: dict[str, set[int]] = {}
    for node in nodes:
        versions = pinned.setdefault(cast(str, node.agent_id), set())
        versions |= {node.agent_version} if node.agent_version else set()
    agents = list(Agent.objects.filter(pk__in=pinned).order_by("pk"))
    helpers = copy_helpers(agents, author=author)
    copies: dict[str, AgentCopy] = {}
    for agent in agents:
        copies[agent.pk] = copy_agent(
            agent, author=author, pinned=pinned[agent.pk], helpers=helpers
        )
    return copies


def _player(node: NodeDocument, copied: AgentCopy) -> Player:
    pinned = node.agent_version
    return Player(copied.agent.pk, copied.versions[pinned] if pinned else None)
