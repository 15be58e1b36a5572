"""The questions that are open in a workspace, the oldest first."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from maestro.workspaces.models import Workspace
from runs.models import NodeStatus, Run, RunNode, RunStatus
from runs.overview import FOR_A_PERSON

SHOWN = 100


@dataclass(frozen=True)
class Question:
    """One thing to be decided: a gate's items, whether a write was sent, or a budget (`node` is
    None). `key` names it in an address."""

    kind: Literal["gate", "sent", "budget"]
    run: Run
    node: RunNode | None
    asked_at: datetime | None

    @property
    def key(self) -> str:
        return str(self.node.pk) if self.node else self.run.pk

    @property
    def of(self) -> str:
        return str(self.run.orchestra or self.run.score)

    @property
    def title(self) -> str:
        if self.node is None:
            return "Its budget is spent"
        if self.kind == "sent":
            return f"Did {self.node.operation or self.node.node_key} go out?"
        count = len((self.node.output_json or {}).get("items", []))
        return f"{count} item{'' if count == 1 else 's'} to decide at {self.node.node_key}"


def questions_of(workspace: Workspace) -> list[Question]:
    """At most a hundred runs' questions. Two queries."""
    runs = Run.objects.filter(FOR_A_PERSON, workspace=workspace).defer("input", "output", "pins")
    asking = {run.pk: run for run in runs.select_related("score", "orchestra")[:SHOWN]}
    rows = RunNode.objects.filter(
        run__in=asking, status__in=[NodeStatus.WAITING, NodeStatus.NEEDS_ATTENTION]
    )
    found = [*_of_nodes(asking, rows.order_by("started_at", "id")), *_of_budgets(asking)]
    return sorted(found, key=lambda one: one.asked_at or one.run.queued_at)


def _of_nodes(runs: dict[str, Run], rows: Iterable[RunNode]) -> Iterator[Question]:
    for row in rows:
        run = runs[row.run_id]
        if row.status == NodeStatus.NEEDS_ATTENTION:
            yield Question("sent", run, row, row.started_at)
        elif run.status == RunStatus.WAITING and "items" in (row.output_json or {}):
            yield Question("gate", run, row, row.started_at)


def _of_budgets(runs: dict[str, Run]) -> Iterator[Question]:
    for run in runs.values():
        if run.waiting_for == "budget":
            yield Question("budget", run, None, run.queued_at)
