"""The templates of a workspace, as somebody who looks for one wants to see them."""

from dataclasses import dataclass

from agents.skills.registry import skills
from maestro.workspaces.models import Workspace

from .actions.rows import documents_of
from .document import GraphDocument, NodeDocument
from .models import Score


@dataclass(frozen=True)
class Tile:
    """A node: its kind (of a control node the subkind), its skill's icon, what it is called."""

    kind: str
    icon: str
    name: str


@dataclass(frozen=True)
class Exhibit:
    """A template and what it is made of."""

    score: Score
    tiles: tuple[Tile, ...]

    @property
    def with_model(self) -> int:
        return sum(tile.kind == "llm" for tile in self.tiles)

    @property
    def asks_a_person(self) -> bool:
        return any(tile.kind == "gate" for tile in self.tiles)


def templates_of(workspace: Workspace) -> list[Exhibit]:
    """All that have a graph, by name. Three queries."""
    scores = list(workspace.scores.filter(is_template=True, version__gte=1).order_by("name"))
    graphs = documents_of(scores)
    icons = {skill.name: skill.icon for skill in skills()}
    return [Exhibit(score, _tiles(graphs[score.pk], icons)) for score in scores]


def _tiles(graph: GraphDocument, icons: dict[str, str]) -> tuple[Tile, ...]:
    return tuple(
        Tile(_kind(node), icons.get(node.skill, ""), node.label or node.key) for node in graph.nodes
    )


def _kind(node: NodeDocument) -> str:
    return node.subkind or node.kind
