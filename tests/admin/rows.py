"""Runs as they are in the database at any moment, without playing them."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from agents.content import content_of
from agents.models import Agent
from runs.auditions.models import Audition, AuditionRow
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


def make_audition(agent: Agent, **fields: Any) -> Audition:
    """One that is over, at one input whose answer changed."""
    forecast = {"rows": 1, "expected": 100, "low": 70, "high": 150, "most": 200}
    told = {
        "workspace": agent.workspace,
        "agent": agent,
        "base_version": agent.version,
        "candidate": content_of(agent),
        "budget_microdollars": 10_000,
        "forecast": forecast,
        "status": "done",
        "passed": True,
        "created_by": "ada",
        "finished_at": timezone.now(),
    }
    audition = Audition.objects.create(**told | fields)
    make_row(audition, 0)
    return audition


def make_row(audition: Audition, number: int, intent: str = "yes") -> AuditionRow:
    """One that was answered `no` then."""
    side = {
        "error": None,
        "version": 1,
        "model": "claude",
        "tokens": {"input": 100, "output": 20},
        "cost_microdollars": 100,
        "ms": 800,
    }
    return AuditionRow.objects.create(
        audition=audition,
        number=number,
        source={"row": 1, "run": "run_1", "node": "think", "iteration": "", "score": "sc_1"},
        input={"from": "ada@example.com", "body": "Tell me more"},
        status="played",
        old={**side, "output": {"intent": "no"}},
        new={**side, "output": {"intent": intent}},
        changed=intent != "no",
    )
