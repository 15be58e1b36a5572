"""Scores that hold, as a node, a score that plays an agent; and those that hold these, and so on."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import reduce
from operator import or_

from django.db.models import Q

from agents.models import Agent
from scores.document import GraphDocument
from scores.models import Node, ScoreVersion
from scores.subscores import subscore_nodes

Place = tuple[str, int | None]  # a score and its version; None is the newest
Holding = tuple[str, Place]  # the key of a node and what it holds


def holders_of(agent: Agent, playing: Collection[str]) -> dict[str, dict[str, str]]:
    """By id of a score whose newest graph comes to play the agent's next version through scores that it
    holds: {node: id of the score held}. `playing` are the ids of those whose own nodes do. Two queries.
    """
    newest = _held_now(agent)
    found = _Search(agent.pk, frozenset(playing), newest, _kept(newest))
    return {
        score: through
        for score, holdings in newest.items()
        if (through := {key: held[0] for key, held in holdings if found.plays(held)})
    }


@dataclass
class _Search:
    agent_id: str
    playing: frozenset[str]
    newest: dict[str, list[Holding]]
    kept: dict[Place, GraphDocument]
    known: dict[Place, bool] = field(default_factory=dict)

    def plays(self, place: Place) -> bool:
        """Whether a run of that graph plays the agent's newest version somewhere below."""
        if place not in self.known:
            self.known[place] = False  # no score holds itself; if one did, this would end
            self.known[place] = self._itself(place) or any(
                self.plays(held) for _, held in self._holdings(place)
            )
        return self.known[place]

    def _itself(self, place: Place) -> bool:
        if place[1] is None:
            return place[0] in self.playing
        document = self.kept.get(place)
        return document is not None and any(
            node.agent_id == self.agent_id and node.agent_version is None for node in document.nodes
        )

    def _holdings(self, place: Place) -> Iterable[Holding]:
        if place[1] is None:
            return self.newest.get(place[0], [])
        return _holdings(self.kept[place]) if place in self.kept else []


def _held_now(agent: Agent) -> dict[str, list[Holding]]:
    nodes = Node.objects.filter(score__workspace=agent.workspace_id, subscore__isnull=False)
    held: dict[str, list[Holding]] = defaultdict(list)
    for node in nodes.order_by("order").only("score_id", "key", "subscore_id", "config"):
        held[node.score_id].append((node.key, (str(node.subscore_id), node.config.get("version"))))
    return dict(held)


def _kept(newest: dict[str, list[Holding]]) -> dict[Place, GraphDocument]:
    """The old graphs that are held by their version."""
    named = {held for holdings in newest.values() for _, held in holdings if held[1] is not None}
    if not named:
        return {}
    wanted = [Q(score=score, version=version) for score, version in named]
    return {
        (row.score_id, row.version): GraphDocument.model_validate(row.graph)
        for row in ScoreVersion.objects.filter(reduce(or_, wanted))
    }


def _holdings(document: GraphDocument) -> Iterator[Holding]:
    for node in subscore_nodes(document):
        yield node.key, (str(node.subscore_id), node.config.get("version"))
