"""Runs as they are in the database at any moment, without playing them."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from runs.models import Run, RunEvent, RunNode, RunStatus, Trigger
from scores.models import Score


def make_run(score: Score, status: str = "succeeded", **fields: Any) -> Run:
    """A run that began a minute ago; a finished one took 10 s."""
    began = timezone.now() - timedelta(minutes=1)
    final = status in RunStatus.final()
    told = {
        "workspace": score.workspace,
        "score": score,
        "score_version": score.version,
        "status": status,
        "trigger": Trigger.MANUAL,
        "player": "player" if status == "running" else None,
        "started_at": None if status == "queued" else began,
        "finished_at": began + timedelta(seconds=10) if final else None,
        "last_event": 1,
    }
    run = Run.objects.create(**told | fields)
    RunEvent.objects.create(run=run, number=1, kind=f"run.{status}")
    return run


def make_node(run: Run, key: str, iteration: str = "", **fields: Any) -> RunNode:
    """A node that succeeded after a second by the port success."""
    return RunNode.objects.create(**_node(run, key, iteration, fields))


def make_items(run: Run, owner: str, body: list[str], count: int) -> None:
    """`count` items of a map, each with all nodes of its body."""
    RunNode.objects.bulk_create(
        RunNode(**_node(run, key, f"{owner}:{number}", {}))
        for number in range(count)
        for key in body
    )


def _node(run: Run, key: str, iteration: str, fields: dict[str, Any]) -> dict[str, Any]:
    began: datetime = run.started_at or run.queued_at
    told = {
        "run": run,
        "node_key": key,
        "iteration": iteration,
        "status": "succeeded",
        "port": "success",
        "started_at": began,
        "finished_at": began + timedelta(seconds=1),
    }
    return told | fields
