"""Runs whose nodes ask a model that a test speaks for."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.test import override_settings

from agents.models import Agent
from agents.seeding import seed_prices
from maestro.workspaces.models import Workspace
from maestro.workspaces.vault import set_secret
from runs.models import Mode, Run, RunNode
from scores.document import NodeDocument
from scores.models import Score
from tests.factories import make_agent, make_score
from tests.far_ends.messages_api import MessagesAPI, Script, speaking
from tests.runs.worlds import start, workspace
from tests.scores.graphs import graph, llm

from .stage import play_here

JSON = dict[str, Any]
KEY = "sk-canary-7f3a91c4e2"
SONNET = "claude-sonnet-5-5"
USAGE = {
    "input_tokens": 1001,
    "output_tokens": 203,
    "cache_read_input_tokens": 5003,
    "cache_creation_input_tokens": 708,
    "cache_creation": {"ephemeral_5m_input_tokens": 301, "ephemeral_1h_input_tokens": 407},
}
# 1001*2 + 203*10 + 5003*0.1 + 301*2.5 + 407*4 = 6912.8 micro-dollars
USAGE_COST = 6913
PLAIN_COST = 400  # of the 100 and 20 tokens that a scripted answer has by default


@contextmanager
def model(script: Script) -> Iterator[MessagesAPI]:
    """A provider that says this, where `ANTHROPIC_BASE_URL` names it."""
    with speaking(script) as api, override_settings(ANTHROPIC_BASE_URL=api.url):
        yield api


def keyed_workspace() -> Workspace:
    """The tests' workspace with a model's key and the shipped prices."""
    seed_prices()
    home = workspace()
    set_secret(home, "anthropic_api_key", KEY, by="ada")
    return home


def agent_score(*others: NodeDocument | str, **fields: Any) -> Score:
    """A score whose node `think` plays a new agent, beside other nodes and edges."""
    home = keyed_workspace()
    of_node = ("retry", "timeout_seconds", "config")
    node_fields = {name: fields.pop(name) for name in of_node if name in fields}
    agent: Agent = make_agent(home, **fields)
    return make_score(home, graph(llm("think", agent_id=agent.pk, **node_fields), *others))


def play_with(script: Script, score: Score, input: JSON | None = None, **options: Any) -> Run:
    """A run of it played here; `run.requests` is what the model was asked."""
    with model(script) as api:
        run = play_here(start(score, input, **options))
    run.requests = api.requests  # type: ignore[attr-defined]
    return run


def rehearse(score: Score) -> Run:
    return play_here(start(score, mode=Mode.REHEARSAL))


def rows_of(run: Run, key: str = "think") -> list[RunNode]:
    """The node's rows by attempt and call."""
    return list(run.nodes.filter(node_key=key).order_by("iteration", "attempt", "call"))


def spent_by(rows: list[RunNode]) -> tuple[int, ...]:
    """Sums over rows: input, output, cache read, cache written, cost."""
    return (
        sum(row.tokens_input for row in rows),
        sum(row.tokens_output for row in rows),
        sum(row.tokens_cache_read for row in rows),
        sum(row.tokens_cache_write_5m + row.tokens_cache_write_1h for row in rows),
        sum(row.cost_microdollars for row in rows),
    )


def assert_rows_add_up(run: Run) -> None:
    assert spent_by(list(run.nodes.all())) == (
        run.tokens_input,
        run.tokens_output,
        run.tokens_cache_read,
        run.tokens_cache_write,
        run.cost_microdollars,
    )


def everything_said(run: Run) -> str:
    """All that is stored of a run."""
    rows = list(run.nodes.values())
    return json.dumps(
        [run.pins, run.output, run.error, rows, list(run.events.values())], default=str
    )


def error_of(run: Run) -> JSON:
    assert run.error is not None, run.output
    return dict(run.error)
