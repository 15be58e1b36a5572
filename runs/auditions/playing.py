"""The run that plays an audition: a map over the recorded inputs, with the candidate as its body.

So it survives what runs survive, is paid as runs are paid, and can be watched and cancelled as one.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from django.utils import timezone

from agents.llm.tokens import Band
from agents.models import Agent, ModelPrice
from agents.skills.operation import Kind
from agents.skills.registry import allowed_operations
from maestro.errors import InvalidInput
from orchestras.slots import MODEL_SLOT, fill_slots
from runs.actions.holds import hold_agents
from runs.actions.saving import save_queued
from runs.models import Mode, Run, RunNode, Trigger

JSON = dict[str, Any]
Prices = dict[str, list[Band]]  # by model

ROWS, CANDIDATE, CURRENT = "rows", "candidate", "current"
CONCURRENCY = 5
RETRY = {"attempts": 4, "backoff_seconds": 2.0, "max_seconds": 60.0}


def iteration_of(number: int) -> str:
    """Where the run plays that row."""
    return f"{ROWS}:{number}"


def row_of(iteration: str) -> int:
    return int(iteration.removeprefix(f"{ROWS}:"))


def require_key(agent: Agent) -> None:
    """InvalidInput when no secret lets it ask a model."""
    if not fill_slots(agent.workspace_id, None, [MODEL_SLOT]):
        raise InvalidInput(
            f"There is no key to ask a model with. Set a secret named {MODEL_SLOT} in the vault: an "
            "audition uses the workspace's own, not that of an orchestra.",
            place="secrets",
        )


def model_of(agent: Agent, content: JSON) -> str:
    return str(content["model"] or agent.workspace.default_model)


def prices_of(agent: Agent, contents: Sequence[JSON]) -> Prices:
    """Of each model they may ask, InvalidInput for one without a price: it would count as free."""
    models = {model_of(agent, content) for content in contents}
    for content in contents:
        models |= set(content["parameters"].get("fallback_models") or [])
    if any(_ask_themselves(content) for content in contents):
        models.add(agent.workspace.default_model)
    names = [field.name for field in fields(Band)]
    found = {
        model: [Band(**{name: getattr(price, name) for name in names}) for price in prices]
        for model, prices in ModelPrice.objects.in_force(models, timezone.now().date()).items()
    }
    if missing := sorted(models - found.keys()):
        raise InvalidInput(
            f"{missing[0]} has no price, so what the audition costs cannot be said. Add one to the "
            "model prices (zeros, if it is free), or choose another model.",
            place="model",
        )
    return found


def start_run(
    agent: Agent,
    heard: Mapping[str, tuple[JSON, int | None]],
    rows: Sequence[RunNode],
    *,
    prices: Prices,
    budget: int,
    by: str,
) -> Run:
    """Inside the caller's transaction. `heard` are the contents by node, with their version."""
    pins: JSON = {
        "graph": _graph(agent, list(heard)),
        "agents": {
            node: _pin(agent, content, version) for node, (content, version) in heard.items()
        },
        "default_model": agent.workspace.default_model,
        "prices": {model: [_as_json(band) for band in bands] for model, bands in prices.items()},
        "then": "runs.auditions.jobs.settle_run",
    }
    hold_agents(pins)
    (score, _), *_ = Counter(row.run.score_id for row in rows).most_common(1)
    return save_queued(
        Run(
            workspace_id=agent.workspace_id,
            score_id=score,
            mode=Mode.AUDITION,
            trigger=Trigger.REPLAY,
            input={ROWS: [row.pk for row in rows]},
            pins=pins,
            budget_microdollars=budget,
            started_by=by,
        )
    )


def _graph(agent: Agent, heard: list[str]) -> JSON:
    config = {
        "items_field": ROWS,
        "item_field": "row",
        "body_node_ids": heard,
        "output_field": "answers",
        "concurrency": CONCURRENCY,
    }
    body = [
        {
            "key": key,
            "kind": "llm",
            "agent_id": agent.pk,
            "label": f"{agent.name}, {key}",
            "on_error": "continue",
            "retry": RETRY,
        }
        for key in heard
    ]
    every = {"key": ROWS, "label": "Recorded inputs", "kind": "control", "subkind": "map_over"}
    edges = [{"from": ROWS, "from_port": "item", "to": key} for key in heard]
    return {"nodes": [{**every, "config": config}, *body], "edges": edges}


def _pin(agent: Agent, content: JSON, version: int | None) -> JSON:
    tools, _ = allowed_operations(content["allowed_tools"] or [])
    return {
        "id": agent.pk,
        "version": version,
        "model": model_of(agent, content),
        "tools": [operation.full_name for operation in tools],
        "content": content,
    }


def _ask_themselves(content: JSON) -> bool:
    """Whether one of its tools asks the workspace's model itself."""
    tools, _ = allowed_operations(content["allowed_tools"] or [])
    return any(operation.kind is Kind.LLM for operation in tools)


def _as_json(band: Band) -> JSON:
    return {field.name: getattr(band, field.name) for field in fields(Band)}
