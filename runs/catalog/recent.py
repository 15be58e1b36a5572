"""How operations did of late: the workspace's newest live runs, a bounded part of each."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from maestro.workspaces.models import Workspace

RUNS = 100
NODES_OF_A_RUN = 300
ERRORS = 10

# By the index of a workspace's runs, then by that of a run's nodes, each cut: so it costs the same
# on a large installation as on a small one, without an index that every write of a node would pay.
PLAYED = """
WITH newest AS (
    SELECT id, mode FROM score_runs WHERE workspace_id = %(workspace)s
    ORDER BY queued_at DESC, id DESC LIMIT %(runs)s
), played AS (
    SELECT node.* FROM newest CROSS JOIN LATERAL (
        SELECT run_id, node_key, iteration, operation, status, error, started_at, finished_at
        FROM score_run_nodes
        WHERE run_id = newest.id AND operation <> ''
            AND status IN ('succeeded', 'failed', 'needs_attention')
        LIMIT %(nodes)s
    ) AS node WHERE newest.mode = 'live'
)
"""
FIGURES = (
    PLAYED
    + """
SELECT operation, count(*), count(*) FILTER (WHERE status <> 'succeeded'),
    percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (
        ORDER BY extract(epoch FROM finished_at - started_at)::float
    ) FILTER (WHERE status = 'succeeded'),
    max(finished_at)
FROM played GROUP BY operation
"""
)
FAILURES = (
    PLAYED
    + """
SELECT run_id, node_key, iteration, error, finished_at FROM played
WHERE operation = %(operation)s AND status <> 'succeeded'
ORDER BY finished_at DESC NULLS LAST LIMIT %(errors)s
"""
)


@dataclass(frozen=True)
class Figures:
    """Of the calls looked at: how many, how many failed, how long they took, when the last was."""

    calls: int
    errors: int
    median: timedelta | None
    slow: timedelta | None
    last_at: datetime | None


@dataclass(frozen=True)
class Failure:
    """`error` as the node's row has it: code, message, details."""

    run_id: str
    node_key: str
    iteration: str
    error: dict[str, Any]
    at: datetime | None


def figures_in(workspace: Workspace) -> dict[str, Figures]:
    """By full name of the operation; one that was not called is missing."""
    with connection.cursor() as cursor:
        cursor.execute(FIGURES, _bounds(workspace))
        return {name: _figures(*told) for name, *told in cursor.fetchall()}


def failures_of(workspace: Workspace, operation: str) -> list[Failure]:
    """The newest first."""
    with connection.cursor() as cursor:
        cursor.execute(FAILURES, {**_bounds(workspace), "operation": operation, "errors": ERRORS})
        found = cursor.fetchall()
    return [Failure(run, key, path, _parsed(error), at) for run, key, path, error, at in found]


def _bounds(workspace: Workspace) -> dict[str, Any]:
    return {"workspace": workspace.pk, "runs": RUNS, "nodes": NODES_OF_A_RUN}


def _figures(calls: int, errors: int, taken: list[float] | None, last_at: datetime) -> Figures:
    median, slow = [timedelta(seconds=one) for one in taken] if taken else (None, None)
    return Figures(calls, errors, median, slow, last_at)


def _parsed(error: object) -> dict[str, Any]:
    """Django's connections give jsonb as text."""
    parsed = json.loads(error) if isinstance(error, str) else error
    return parsed if isinstance(parsed, dict) else {}
