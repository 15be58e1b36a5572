"""The two answers of a row, as they are kept beside each other."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Sum

from agents.llm.tokens import Tokens
from runs.models import NodeStatus, RunNode

JSON = dict[str, Any]
PROMPT = ("tokens_input", "tokens_cache_read", "tokens_cache_write_5m", "tokens_cache_write_1h")


@dataclass(frozen=True, slots=True)
class Spent:
    """By all attempts at a node and all calls inside it."""

    prompt: int = 0
    output: int = 0
    microdollars: int = 0


Place = tuple[str, str, str]  # a run, a node's key and an iteration


def spent_by(rows: Collection[RunNode]) -> dict[Place, Spent]:
    """What was spent where these rows are. One query."""
    there = RunNode.objects.filter(
        run__in={row.run_id for row in rows},
        node_key__in={row.node_key for row in rows},
        iteration__in={row.iteration for row in rows},
    )
    sums = (
        there.order_by()
        .values_list("run", "node_key", "iteration")
        .annotate(*(Sum(name) for name in PROMPT), Sum("tokens_output"), Sum("cost_microdollars"))
    )
    return {
        (run, key, iteration): Spent(sum(prompt), output, cost)
        for run, key, iteration, *prompt, output, cost in sums
    }


def place_of(row: RunNode) -> Place:
    return row.run_id, row.node_key, row.iteration


def side_of(row: RunNode, spent: Spent) -> JSON:
    """What a node answered, and what that took."""
    succeeded = row.status == NodeStatus.SUCCEEDED
    return {
        "output": row.output_json if succeeded else None,
        "error": None if succeeded else row.error,
        "version": row.agent_version,
        "model": row.model,
        "tokens": {"input": spent.prompt, "output": spent.output},
        "cost_microdollars": spent.microdollars,
        "ms": _milliseconds(row),
    }


def source_of(row: RunNode) -> JSON:
    """Where it was recorded."""
    return {
        "row": row.pk,
        "run": row.run_id,
        "node": row.node_key,
        "iteration": row.iteration,
        "score": row.run.score_id,
        "score_name": row.run.score.name,
        "at": row.started_at.isoformat() if row.started_at else None,
    }


def tokens_of(row: RunNode) -> Tokens:
    return Tokens(
        input=row.tokens_input,
        output=row.tokens_output,
        cache_read=row.tokens_cache_read,
        cache_write_5m=row.tokens_cache_write_5m,
        cache_write_1h=row.tokens_cache_write_1h,
    )


def _milliseconds(row: RunNode) -> int | None:
    if row.started_at is None or row.finished_at is None:
        return None
    return round((row.finished_at - row.started_at).total_seconds() * 1000)
