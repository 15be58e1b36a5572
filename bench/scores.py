"""Scores and runs to measure with: pure nodes, so that what is measured is Maestro."""

from itertools import pairwise
from typing import Any

from agents.actions import create_agent
from agents.seeding import seed_prices
from maestro.workspaces.models import Workspace
from maestro.workspaces.vault import set_secret
from runs.actions import start_score
from runs.models import Run, Trigger
from scores.document import EdgeDocument, GraphDocument, NodeDocument
from scores.models import Score, ScoreVersion


def pick(key: str) -> NodeDocument:
    config = {"params": {"fields": ["x"]}}
    return NodeDocument(
        key=key, kind="deterministic", skill="data", operation="pick", config=config
    )


def chain(length: int) -> GraphDocument:
    keys = [f"n{number}" for number in range(length)]
    edges = [EdgeDocument(source=a, target=b) for a, b in pairwise(keys)]
    return GraphDocument(nodes=[pick(key) for key in keys], edges=edges)


def mapped(length: int) -> GraphDocument:
    """A map over the run's `items` whose body is a chain."""
    body = chain(length)
    keys = [node.key for node in body.nodes]
    config = {"items_field": "items", "body_node_ids": keys, "concurrency": 100}
    each = NodeDocument(key="each", kind="control", subkind="map_over", config=config)
    item = EdgeDocument(source="each", from_port="item", target=keys[0])
    return GraphDocument(nodes=[each, *body.nodes], edges=[item, *body.edges])


def waits(seconds: float, at_once: int) -> GraphDocument:
    """A map over the run's `items` whose body waits."""
    body = NodeDocument(
        key="wait",
        kind="deterministic",
        skill="bench",
        operation="wait",
        config={"params": {"seconds": seconds}},
    )
    config = {"items_field": "items", "body_node_ids": ["wait"], "concurrency": at_once}
    each = NodeDocument(key="each", kind="control", subkind="map_over", config=config)
    item = EdgeDocument(source="each", from_port="item", target="wait")
    return GraphDocument(nodes=[each, body], edges=[item])


def asking() -> GraphDocument:
    """One node that asks a model."""
    workspace = home()
    seed_prices()
    set_secret(workspace, "anthropic_api_key", "not-a-real-key", by="bench")
    fields: Any = {"name": "Asked", "system_prompt": "Answer briefly."}
    agent = create_agent(workspace, fields, author="bench")
    return GraphDocument(nodes=[NodeDocument(key="ask", kind="llm", agent_id=agent.pk)], edges=[])


def home() -> Workspace:
    return Workspace.objects.get_or_create(slug="bench", defaults={"name": "Bench"})[0]


def save(name: str, document: GraphDocument) -> Score:
    slug = f"{name}-{Score.objects.count()}"
    score = Score.objects.create(workspace=home(), name=name, slug=slug, version=1)
    ScoreVersion.objects.create(
        score=score, version=1, graph=document.content(), content_hash="0" * 64, author="bench"
    )
    return score


def start(score: Score, input: dict[str, Any] | None = None) -> Run:
    return start_score(score, trigger=Trigger.MANUAL, input=input or {"x": 1}, started_by="bench")


def intake() -> GraphDocument:
    """A map over the run's `rows`: each is looked for, added and logged in the pipeline it names."""
    config = {"items_field": "rows", "body_node_ids": ["find", "add", "log"], "concurrency": 5}
    each = NodeDocument(key="each", kind="control", subkind="map_over", config=config)
    return GraphDocument(
        nodes=[
            each,
            _in_pipeline("find", "find_contact", {}),
            _in_pipeline("add", "add_contact", {"stage": "new"}),
            _in_pipeline("log", "log_activity", {"kind": "imported"}),
        ],
        edges=[
            EdgeDocument(source="each", from_port="item", target="find"),
            EdgeDocument(source="each", from_port="item", target="add"),
            EdgeDocument(source="each", from_port="item", target="log"),
            EdgeDocument(source="find", from_port="not_found", target="add", order=1),
            EdgeDocument(source="add", target="log", order=1),
        ],
    )


def _in_pipeline(key: str, operation: str, params: dict[str, str]) -> NodeDocument:
    """Played once both the item and what came before it are there."""
    return NodeDocument(
        key=key,
        kind="deterministic",
        skill="pipeline",
        operation=operation,
        config={"params": params, "join": "all"},
    )
