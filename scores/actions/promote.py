"""Old scores, whose LLM nodes carry prompt, model and tools inline: their agents become agents."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from agents.actions import create_agent
from agents.content import AgentFields
from agents.duplicates import fingerprint
from agents.models import Agent
from agents.skills.outcome import first_unfit
from maestro.errors import InvalidInput
from maestro.ids import new_id
from maestro.workspaces.models import Workspace
from scores.models import Score
from scores.validation import parse_document

from .catalog import ScoreFields, create_score
from .graph import SavedGraph, save_graph

JSON = dict[str, Any]

INLINE = ("system_prompt", "model", "allowed_tools", "tools", "output_schema", "parameters")
NODE_ID = re.compile(r"[A-Za-z0-9_-]{1,190}")


@dataclass(frozen=True)
class Promoted:
    """The score, and its agents by node: those that were made, and identical ones that were there."""

    saved: SavedGraph
    created: dict[str, Agent]
    reused: dict[str, Agent]


@transaction.atomic
def promote_score(
    workspace: Workspace, fields: ScoreFields, written: JSON, *, author: str
) -> Promoted:
    """A new score from an old document, its inline agents made into rows that others can play too.

    An agent's id is `ag_` and the node's id, unless that is taken; a node without an id counts as
    `nd_<score slug>_<key>`. InvalidInput and InvalidScore say what cannot be taken.
    """
    nodes = _nodes(written)
    score = create_score(workspace, fields, author=author)
    promotion = _Promotion(workspace, score, author, _known(workspace, nodes))
    for node in nodes:
        is_inline = _is_inline(node)
        inline = {name: node.pop(name) for name in INLINE if name in node}
        node_id = str(node.pop("id", ""))
        if is_inline:
            node["agent_id"] = promotion.agent_of(node, node_id, inline).pk
    document = parse_document({**written, "nodes": nodes})
    saved = save_graph(score, document, author=author, message="Promoted from an old document")
    return Promoted(saved, promotion.created, promotion.reused)


class _Promotion:
    """The agents of one document, each made once."""

    def __init__(
        self, workspace: Workspace, score: Score, author: str, known: dict[str, Agent]
    ) -> None:
        self._workspace, self._score, self._author, self._known = workspace, score, author, known
        self.created: dict[str, Agent] = {}
        self.reused: dict[str, Agent] = {}

    def agent_of(self, node: JSON, node_id: str, inline: JSON) -> Agent:
        """The one that says this, or a new one."""
        key, fields = str(node.get("key", "")), _agent_fields(node, inline)
        if found := self._known.get(fingerprint(fields)):
            self.reused[key] = found
            return found
        agent = create_agent(
            self._workspace,
            fields,
            author=self._author,
            note=f"Promoted from {self._score.slug}, node {key}",
            agent_id=_agent_id(node_id or f"nd_{self._score.slug}_{key}"),
        )
        self.created[key] = self._known[fingerprint(fields)] = agent
        return agent


def _nodes(written: JSON) -> list[JSON]:
    nodes = written.get("nodes")
    if not isinstance(nodes, list) or not all(isinstance(node, dict) for node in nodes):
        raise InvalidInput('The graph is an object like {"nodes": [], "edges": []}', place="graph")
    if unfit := first_unfit(written):
        place, fault = unfit
        raise InvalidInput(f"{place} {fault}", place=place)
    return [dict(node) for node in nodes]


def _is_inline(node: JSON) -> bool:
    """An LLM node whose agent stands in it; one that names an agent keeps that one."""
    return node.get("kind") == "llm" and "system_prompt" in node and not node.get("agent_id")


def _known(workspace: Workspace, nodes: Iterable[JSON]) -> dict[str, Agent]:
    """The workspace's agents with one of these prompts, the oldest of equals. One query."""
    prompts = [prompt for node in nodes if isinstance(prompt := node.get("system_prompt"), str)]
    rows = Agent.objects.in_workspace(workspace).filter(system_prompt__in=prompts)
    newest_first = rows.order_by("-created_at", "-pk")
    return {fingerprint(vars(agent)): agent for agent in newest_first}


def _agent_fields(node: JSON, inline: JSON) -> AgentFields:
    key = str(node.get("key", ""))
    name = str(node.get("label") or "") or key.replace("_", " ").capitalize()
    prompt = inline["system_prompt"]
    if not isinstance(prompt, str) or not prompt.strip():
        raise InvalidInput(f"{key}: its system_prompt is a text that is not empty", place="graph")
    model = inline.get("model")
    if model is not None and not isinstance(model, str):
        raise InvalidInput(f"{key}: its model is a name, or null", place="graph")
    return AgentFields(
        name=name[:120],
        slug="",
        system_prompt=prompt,
        model=model or None,
        allowed_tools=inline.get("allowed_tools", inline.get("tools")),
        output_schema=inline.get("output_schema"),
        parameters=inline.get("parameters") or {},
    )


def _agent_id(node_id: str) -> str:
    if not NODE_ID.fullmatch(node_id):
        raise InvalidInput(f"{node_id!r} cannot be the id of a node", place="graph")
    wanted = f"ag_{node_id}"
    return new_id("ag") if Agent.objects.filter(pk=wanted).exists() else wanted
