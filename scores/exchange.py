"""Scores as documents carry them from one workspace to another: agents and subscores by slug."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict

from maestro.errors import InvalidInput
from maestro.workspaces.models import Workspace

from .actions import SavedGraph, ScoreFields, create_score, edit_score, save_graph
from .document import EdgeDocument, GraphDocument, NodeDocument
from .models import Score
from .validation import parse_document

JSON = dict[str, Any]
NAMES = ("name", "slug", "description", "pipeline_kind")


class GraphEntry(BaseModel):
    """Nodes and edges as the graph document has them, but `agent` and `subscore` are slugs; edges
    stand in the order in which they are merged."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

    nodes: list[JSON] = []
    edges: list[JSON] = []


class ScoreEntry(BaseModel):
    """A score with its newest graph."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

    slug: str
    name: str
    description: str = ""
    pipeline_kind: str = ""
    graph: GraphEntry = GraphEntry()

    def subscores(self) -> set[str]:
        """The slugs of the scores it holds."""
        return {slug for node in self.graph.nodes if isinstance(slug := node.get("subscore"), str)}


@dataclass(frozen=True)
class Player:
    """The agent here that a document calls by a slug, with its versions by the document's numbers."""

    agent_id: str
    versions: Mapping[int, int]


def export_score(score: Score, document: GraphDocument, slugs: Mapping[str, str]) -> ScoreEntry:
    """`slugs` gives the slug of every agent and subscore id that the graph names."""
    graph = GraphEntry(
        nodes=[_written_node(node, slugs) for node in document.nodes],
        edges=[_written_edge(edge) for edge in document.ordered_edges()],
    )
    return ScoreEntry(**{name: getattr(score, name) for name in NAMES}, graph=graph)


def take_score(
    workspace: Workspace, entry: ScoreEntry, players: Mapping[str, Player], *, author: str
) -> SavedGraph:
    """The score of that slug, made or saved as the document says, with what a save warns of; unchanged,
    it keeps its version.

    `players` by slug. InvalidScore and InvalidInput say what cannot be taken.
    """
    score = Score.objects.in_workspace(workspace).filter(slug=entry.slug).first()
    fields = ScoreFields(
        name=entry.name,
        slug=entry.slug,
        description=entry.description,
        pipeline_kind=entry.pipeline_kind,
    )
    if score is None:
        score = create_score(workspace, fields, author=author)
    elif any(getattr(score, name) != value for name, value in fields.items()):
        score = edit_score(score, fields, author=author)
    if not entry.graph.nodes and not score.version:
        return SavedGraph(score, [])
    document = _read(workspace, entry.graph, players)
    return save_graph(score, document, author=author, message="Imported")


def _read(
    workspace: Workspace, written: GraphEntry, players: Mapping[str, Player]
) -> GraphDocument:
    wanted = {node.get("subscore") for node in written.nodes} - {None}
    rows = Score.objects.in_workspace(workspace).filter(slug__in=[str(slug) for slug in wanted])
    scores = dict(rows.values_list("slug", "pk"))
    nodes = [_read_node(node, players, scores) for node in written.nodes]
    edges = [{**edge, "order": order} for order, edge in enumerate(written.edges)]
    return parse_document({"nodes": nodes, "edges": edges})


def _read_node(node: JSON, players: Mapping[str, Player], scores: Mapping[str, str]) -> JSON:
    read = {name: value for name, value in node.items() if name not in ("agent", "subscore")}
    if (slug := node.get("agent")) is not None:
        if slug not in players:
            raise _nobody(node, f"there is no agent {slug}")
        read["agent_id"] = players[slug].agent_id
        read |= _version_here(node, players[slug])
    if (slug := node.get("subscore")) is not None:
        if slug not in scores:
            raise _nobody(node, f"there is no score {slug}")
        read["subscore_id"] = scores[slug]
    return read


def _version_here(node: JSON, player: Player) -> JSON:
    pinned = node.get("agent_version")
    if not isinstance(pinned, int):
        return {}
    return {"agent_version": player.versions.get(pinned, pinned)}


def _nobody(node: JSON, fault: str) -> InvalidInput:
    key = node.get("key")
    return InvalidInput(f"{key}: {fault}, here or in the document", node=key)


def _written_node(node: NodeDocument, slugs: Mapping[str, str]) -> JSON:
    hidden = {"agent_id", "subscore_id"}
    written = node.model_dump(mode="json", exclude_defaults=True, exclude=hidden)
    named = {"agent": node.agent_id, "subscore": node.subscore_id}
    written |= {name: slugs[pk] for name, pk in named.items() if pk}
    return written


def _written_edge(edge: EdgeDocument) -> JSON:
    written = edge.model_dump(
        mode="json", by_alias=True, exclude_defaults=True, exclude={"order", "transform"}
    )
    return written | ({"transform": edge.transform} if edge.transform else {})
