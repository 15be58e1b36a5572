"""What a run resolves once, at its start: it keeps playing that, whatever is saved meanwhile."""

from typing import Any

from agents.models import Agent
from maestro.errors import InvalidScore
from runs.models import Mode
from scores.document import GraphDocument, NodeDocument
from scores.models import Score, ScoreVersion
from scores.validation import check_graph, errors_of, refusal_of

JSON = dict[str, Any]


def pin(score: Score, version: int, mode: Mode) -> JSON:
    """{"agents": {node: {"id", "version"}}} for this version of the score.

    Checks the graph again, because what it refers to may have changed since it was saved; raises
    InvalidScore that names each place.
    """
    saved = ScoreVersion.objects.get(score=score, version=version)
    document = GraphDocument.model_validate(saved.graph)
    errors = errors_of(check_graph(document, score.workspace))
    if errors:
        raise refusal_of(errors)
    thinking = [node for node in document.nodes if node.kind == "llm"]
    if thinking and mode != Mode.REHEARSAL:
        keys = ", ".join(node.key for node in thinking)
        raise InvalidScore(
            f"{score.name} can be rehearsed only: its LLM nodes ({keys}) have no model to ask."
        )
    return {"agents": _pin_agents(thinking)}


def _pin_agents(nodes: list[NodeDocument]) -> JSON:
    newest = dict(
        Agent.objects.filter(id__in={node.agent_id for node in nodes}).values_list("id", "version")
    )
    return {
        node.key: {
            "id": node.agent_id,
            "version": node.agent_version or newest[node.agent_id or ""],
        }
        for node in nodes
    }
