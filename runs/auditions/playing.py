"""The run that plays an audition: a map over the recorded inputs, with the candidate as its body.

So it survives what runs survive, is paid as runs are paid, and can be watched and cancelled as one.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from agents.llm.tokens import Band
from agents.models import Agent
from maestro.errors import InvalidInput, InvalidScore
from maestro.workspaces.filling import MODEL_SLOT
from orchestras.slots import fill_slots
from runs.actions.pins import asking_among, pin_agent, prices_in_force, with_helpers
from runs.actions.saving import save_queued
from runs.models import Mode, Run, RunNode, Trigger

JSON = dict[str, Any]
Heard = tuple[JSON, int | None]  # a content, and its version if it is saved

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


def pins_of(agent: Agent, heard: Mapping[str, Heard]) -> JSON:
    """What a run keeps of those who are heard, by node, and of the agents that they may call; with the
    price of each model. InvalidInput for one without a price: it would count as free."""
    default = agent.workspace.default_model
    try:
        agents = {
            node: pin_agent(node, agent.pk, version, content, default) | {"content": content}
            for node, (content, version) in heard.items()
        }
    except InvalidScore as refusal:
        raise InvalidInput(refusal.message, place="allowed_tools") from None
    models = {m for pin in agents.values() for one in with_helpers(pin) for m in one["models"]}
    if any(asking_among([], agents)):
        models.add(default)
    prices = prices_in_force(models)
    if missing := sorted(models - prices.keys()):
        raise InvalidInput(
            f"{missing[0]} has no price, so what the audition costs cannot be said. Add one to the "
            "model prices (zeros, if it is free), or choose another model.",
            place="model",
        )
    return {"agents": agents, "default_model": default, "prices": prices}


def bands_of(pins: JSON, node: str) -> list[Band]:
    """The prices of the model that this one asks first."""
    return [Band(**band) for band in pins["prices"][pins["agents"][node]["model"]]]


def start_run(
    agent: Agent,
    pins: JSON,
    rows: Sequence[RunNode],
    *,
    budget: int,
    by: str,
) -> Run:
    """Inside the caller's transaction."""
    graph = _graph(agent, list(pins["agents"]))
    pins = {**pins, "graph": graph, "then": "runs.auditions.jobs.settle_run"}
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
