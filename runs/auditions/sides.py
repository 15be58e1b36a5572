"""The two answers of a row, as they are kept beside each other."""

from typing import Any

from agents.llm.tokens import Tokens
from runs.models import NodeStatus, RunNode

JSON = dict[str, Any]


def side_of(row: RunNode) -> JSON:
    """What a node answered, and what that took."""
    succeeded = row.status == NodeStatus.SUCCEEDED
    return {
        "output": row.output_json if succeeded else None,
        "error": None if succeeded else row.error,
        "version": row.agent_version,
        "model": row.model,
        "tokens": {"input": tokens_of(row).prompt, "output": row.tokens_output},
        "cost_microdollars": row.cost_microdollars,
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
