"""Scores that hold others as nodes: which versions they mean, and that none holds itself."""

from dataclasses import dataclass, field

from django.conf import settings

from maestro.errors import InvalidScore
from maestro.workspaces.models import Workspace

from .configs import SubscoreConfig
from .document import GraphDocument, NodeDocument
from .models import Score, ScoreVersion


@dataclass(frozen=True)
class Held:
    """A score as a node holds it: at the version its config names, else at the newest one."""

    score: Score
    version: int
    document: GraphDocument

    @property
    def name(self) -> str:
        """As pins name it."""
        return f"{self.score.pk}@{self.version}"


@dataclass(frozen=True)
class _Below:
    """What lies below a score: the ids of scores, and over how many levels."""

    ids: frozenset[str]
    levels: int


@dataclass
class Tree:
    """The scores below some graphs of a workspace; each version is read once and resolved once."""

    workspace: Workspace
    held: dict[str, Held] = field(default_factory=dict)
    _newest: dict[str, Held] = field(default_factory=dict)
    _below: dict[str, _Below] = field(default_factory=dict)

    def resolve(self, node: NodeDocument) -> Held:
        """What this node holds; InvalidScore when it is not there."""
        wanted = SubscoreConfig.model_validate(node.config).version
        id = node.subscore_id or ""
        if wanted is None and id in self._newest:
            return self._newest[id]
        held = self.held.get(f"{id}@{wanted}") or self._read(node, wanted)
        if wanted is None:
            self._newest[id] = held
        self.held[held.name] = held
        return held

    def follow(self, node: NodeDocument, above: tuple[Score, ...]) -> _Below:
        """Read all that lies below a node of the last score of `above`, which holds the one before it.

        InvalidScore names the way by which a score comes to hold itself, or that it is too deep.
        """
        held = self.resolve(node)
        path = (*above, held.score)
        if held.score in above:
            raise InvalidScore(f"A score would hold itself: {_way(path)}.")
        below = self._below.get(held.name)
        if below is None:
            inner = [self.follow(one, path) for one in subscore_nodes(held.document)]
            below = self._below[held.name] = _Below(
                frozenset({held.score.pk}).union(*(one.ids for one in inner)),
                1 + max((one.levels for one in inner), default=0),
            )
        if again := [score for score in above if score.pk in below.ids]:
            raise InvalidScore(f"A score would hold itself: {_way((*path, again[0]))}.")
        deepest = settings.MAX_SUBSCORE_DEPTH
        if len(above) - 1 + below.levels > deepest:
            raise InvalidScore(
                f"Scores hold each other over more than {deepest} levels: {_way(path)}."
            )
        return below

    def _read(self, node: NodeDocument, version: int | None) -> Held:
        scores = Score.objects.in_workspace(self.workspace)
        score = scores.select_related("workspace").filter(pk=node.subscore_id).first()
        if score is not None:
            saved = ScoreVersion.objects.filter(score=score, version=version or score.version)
            for one in saved:
                return Held(score, one.version, GraphDocument.model_validate(one.graph))
        raise InvalidScore(f"{node.key} holds a score, or a version of one, that is not there.")


def subscore_nodes(document: GraphDocument) -> list[NodeDocument]:
    """The nodes that hold a score."""
    return [node for node in document.nodes if node.subkind == "subscore"]


def _way(path: tuple[Score, ...]) -> str:
    return " → ".join(score.name for score in path)
