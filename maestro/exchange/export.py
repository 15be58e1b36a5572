"""Out of a workspace: one score with all it needs, or everything in files that do not repeat."""

from collections.abc import Iterable, Iterator, Mapping

from agents.exchange import export_agent
from agents.models import Agent
from maestro.workspaces.models import Workspace
from orchestras.exchange import export_orchestra
from orchestras.models import Orchestra
from scores.actions.rows import documents_of
from scores.document import GraphDocument
from scores.exchange import export_score as score_entry
from scores.models import Score

from .document import Document

Graphs = Mapping[Score, GraphDocument]


def export_score(score: Score) -> Document:
    """The score with its agents, the scores it holds and theirs, and its own orchestras."""
    graphs = _with_subscores([score])
    slugs, pins = _slugs(graphs), _pins(graphs)
    agents = Agent.objects.filter(pk__in=_with_helpers(score.workspace, pins)).order_by("slug")
    return Document(
        agents=[export_agent(agent, pins.get(agent.pk, ())) for agent in agents],
        scores=[score_entry(one, graph, slugs) for one, graph in reversed(graphs.items())],
        orchestras=[export_orchestra(one) for one in _orchestras(score.orchestras.all())],
    )


def export_workspace(workspace: Workspace) -> dict[str, Document]:
    """By file: each agent, and each score with its orchestras."""
    scores = list(Score.objects.in_workspace(workspace).order_by("slug"))
    graphs = _graphs(scores)
    slugs, pins = _slugs(graphs), _pins(graphs)
    files = {
        f"agents/{agent.slug}.yaml": Document(agents=[export_agent(agent, pins.get(agent.pk, ()))])
        for agent in Agent.objects.in_workspace(workspace).order_by("slug")
    }
    for score, graph in graphs.items():
        files[f"scores/{score.slug}.yaml"] = Document(
            scores=[score_entry(score, graph, slugs)],
            orchestras=[export_orchestra(one) for one in _orchestras(score.orchestras.all())],
        )
    return files


def _orchestras(rows: Iterable[Orchestra]) -> list[Orchestra]:
    return sorted(rows, key=lambda orchestra: orchestra.name)


def _graphs(scores: list[Score]) -> dict[Score, GraphDocument]:
    documents = documents_of(scores)
    return {score: documents[score.pk] for score in scores}


def _with_subscores(scores: list[Score]) -> dict[Score, GraphDocument]:
    """Holders before the scores they hold, each once."""
    graphs: dict[Score, GraphDocument] = {}
    while scores:
        found = _graphs(scores)
        for score, graph in found.items():
            graphs.pop(score, None)  # held deeper down as well: it goes behind that holder
            graphs[score] = graph
        held = {node.subscore_id for graph in found.values() for node in graph.nodes}
        scores = list(Score.objects.filter(pk__in=held - {None}).order_by("slug"))
    return graphs


def _slugs(graphs: Graphs) -> dict[str, str]:
    """Of every agent and subscore that the graphs name, by id."""
    nodes = [node for graph in graphs.values() for node in graph.nodes]
    agents = Agent.objects.filter(pk__in={node.agent_id for node in nodes})
    scores = Score.objects.filter(pk__in={node.subscore_id for node in nodes})
    return dict([*agents.values_list("pk", "slug"), *scores.values_list("pk", "slug")])


def _pins(graphs: Graphs) -> dict[str, set[int]]:
    """By agent id the versions that nodes are pinned to."""
    pins: dict[str, set[int]] = {}
    for node in (node for graph in graphs.values() for node in graph.nodes):
        if node.agent_id:
            pins.setdefault(node.agent_id, set()).update(filter(None, [node.agent_version]))
    return pins


def _with_helpers(workspace: Workspace, agents: Iterable[str]) -> set[str]:
    """The agents, and those that they may call."""
    rows = Agent.objects.in_workspace(workspace)
    helpers = {agent.pk: set(_helpers(agent)) for agent in rows.only("allowed_tools")}
    ids = dict(rows.values_list("slug", "pk"))
    found, waiting = set[str](), set(agents)
    while waiting:
        agent = waiting.pop()
        found.add(agent)
        waiting |= {ids[slug] for slug in helpers.get(agent, ()) if slug in ids} - found
    return found


def _helpers(agent: Agent) -> Iterator[str]:
    for tool in agent.allowed_tools or []:
        kind, _, slug = tool.partition(":")
        if kind == "agent":
            yield slug
