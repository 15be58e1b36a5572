"""Playing again, and what failed, on the wire."""

from typing import Annotated, Any

from pydantic import BaseModel, Field

from maestro.rest.shapes import Body, Id, Query, VersionNumber
from runs.actions import Again
from runs.models import Run
from runs.reuse.failures import SHOWN_PLACES, Group
from runs.schemas import Iteration, RunOut, run_out

Node = Annotated[str, Field(min_length=1, max_length=80, description="The key of a node.")]
Version = Annotated[
    VersionNumber | None,
    Field(description="Of the score; null: the one that the run played."),
]


class RerunQuery(Query):
    start: Node | None = Field(None, alias="from")
    version: Version = None


class FailuresQuery(Query):
    limit: int = Field(200, ge=1, le=200, description="Causes.")


class RerunIn(Body):
    """`from` null: the whole run, on the same input."""

    start: Node | None = Field(None, alias="from")
    version: Version = None


class ItemIn(Body):
    node: Node
    iteration: Iteration = ""


class RepairIn(Body):
    """Neither `groups` nor `items`: all that failed, but writes of which nobody knows whether they
    happened."""

    groups: list[Id] | None = Field(None, max_length=1000)
    items: list[ItemIn] | None = Field(None, max_length=10_000)
    version: Version = None

    def places(self) -> list[tuple[str, str]] | None:
        if self.items is None:
            return None
        return [(item.node, item.iteration) for item in self.items]


class ReusedOut(BaseModel):
    """`rows` counts nodes of all items, attempts and tool calls."""

    nodes: list[str]
    rows: int


class ForeseenOut(BaseModel):
    """`writes_again`: writes of the earlier run, and of runs below it, that may happen again, under new
    keys. `may_write`: nodes that play again and may write, also those that have not yet."""

    score_version: int | None
    reused: ReusedOut
    plays_again: list[str]
    writes_again: int
    may_write: list[str]


class RerunOut(ForeseenOut):
    run: RunOut


class FailureOut(BaseModel):
    """Failures of one cause. `cause` is their message without what names one item; `iterations`
    are the first of them. `may_have_happened`: a write that is repaired only when it is named."""

    group: str
    node: str
    code: str
    cause: str
    count: int
    example: Any
    iterations: list[str]
    may_have_happened: bool


def foreseen_out(again: Again) -> ForeseenOut:
    return ForeseenOut(**_foreseen(again))


def rerun_out(again: Again, run: Run) -> RerunOut:
    return RerunOut(run=run_out(run), **_foreseen(again))


def failure_out(group: Group) -> FailureOut:
    return FailureOut(
        group=group.id,
        node=group.node,
        code=group.code,
        cause=group.cause,
        count=group.count,
        example=group.example.error,
        iterations=group.iterations[:SHOWN_PLACES],
        may_have_happened=group.may_have_happened,
    )


def _foreseen(again: Again) -> dict[str, Any]:
    return {
        "score_version": again.version,
        "reused": ReusedOut(nodes=again.kept.nodes, rows=len(again.kept.rows)),
        "plays_again": again.plays_again,
        "writes_again": again.writes_again,
        "may_write": again.may_write,
    }
