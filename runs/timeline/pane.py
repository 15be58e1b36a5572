"""One node of a run in detail: every attempt with what went in, what came out, what it cost."""

from dataclasses import dataclass
from typing import Any

from agents.models import Agent
from runs.models import Run, RunNode

from .drawing import Drawing
from .view import View


@dataclass(frozen=True)
class Pane:
    """The chosen node; `row` is its last attempt, None where nothing is recorded (yet).

    `child` is the run that plays a subscore.
    """

    key: str
    label: str
    kind: str
    glyph: str
    iteration: str
    status: str
    row: RunNode | None
    earlier: list[RunNode]
    calls: list[RunNode]
    agent: Agent | None
    tokens: list[tuple[str, int]]
    operation: str
    child: Run | None


def pane_of(run: Run, view: View, drawing: Drawing) -> Pane | None:
    """None when no node is chosen, or the chosen one is none of this run's."""
    rows = list(
        run.nodes.filter(node_key=view.node, iteration=view.iteration).order_by("attempt", "call")
    )
    node = drawing.node(view.node)
    if not view.node or not (rows or node):
        return None
    attempts = [row for row in rows if not row.call]
    row = attempts[-1] if attempts else None
    operation = row.operation if row else f"{node.skill}.{node.operation}" if node else ""
    agents = Agent.objects.filter(pk=row.agent_id) if row and row.agent_id else Agent.objects.none()
    return Pane(
        key=view.node,
        label=node.label if node else "",
        kind=drawing.kind(view.node),
        glyph=drawing.glyph(view.node),
        iteration=in_words(view.iteration),
        status=row.status if row else "pending",
        row=row,
        earlier=attempts[:-1],
        calls=[call for call in rows if call.call],
        agent=agents.first(),
        tokens=_tokens(row) if row else [],
        operation=operation,
        child=_child(run, row),
    )


def _child(run: Run, row: RunNode | None) -> Run | None:
    """The one of the row; one taken over from an earlier run is that run's child."""
    if row is None or row.child_run_id is None:
        return None
    children = Run.objects.filter(workspace=run.workspace_id, pk=row.child_run_id)
    return children.select_related("score").defer("input", "output", "pins").first()


def in_words(iteration: str) -> str:
    """`each_lead:3/b#2` is "each_lead 3, b pass 2"."""
    return iteration.replace(":", " ").replace("#", " pass ").replace("/", ", ")


def _tokens(row: RunNode) -> list[tuple[str, int]]:
    counts: list[tuple[str, Any]] = [
        ("Input", row.tokens_input),
        ("Output", row.tokens_output),
        ("Cache read", row.tokens_cache_read),
        ("Cache write", row.tokens_cache_write_5m + row.tokens_cache_write_1h),
    ]
    return [(name, count) for name, count in counts if count]
