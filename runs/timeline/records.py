"""What a run has recorded, read in few queries however many items it has."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    Exists,
    Func,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Q,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Substr

from runs.models import NodeStatus, Run, RunNode

# How the path of an iteration goes on behind a map, and behind the head of a loop.
ITEM, PASS = ":", "#"
OPEN = [NodeStatus.RUNNING, NodeStatus.WAITING, NodeStatus.PENDING]
LIGHT = (
    "node_key",
    "iteration",
    "attempt",
    "call",
    "status",
    "port",
    "error",
    "operation",
    "model",
    "cost_microdollars",
    "started_at",
    "finished_at",
    "source_node_id",
)


@dataclass
class Played:
    """All rows of one node in one iteration: its attempts, and the tool calls of the last one."""

    attempts: list[RunNode] = field(default_factory=list)
    calls: list[RunNode] = field(default_factory=list)

    @property
    def last(self) -> RunNode:
        return self.attempts[-1]

    @property
    def cost(self) -> int:
        return sum(row.cost_microdollars for row in [*self.attempts, *self.calls])


@dataclass(frozen=True)
class Item:
    """One item of a map or pass of a loop, summed up over everything played for it."""

    number: int
    began: datetime | None
    ended: datetime | None
    cost: int
    settled: int
    failed: int
    attention: int


Level = dict[str, Played]


def join(iteration: str, key: str) -> str:
    """The path of what is played below a node: `a:3/b`."""
    return f"{iteration}/{key}" if iteration else key


def levels_of(run: Run, iterations: Iterable[str]) -> dict[str, Level]:
    """For each iteration path its nodes by key. One query; without inputs and outputs."""
    rows = run.nodes.filter(iteration__in=list(iterations)).only("run_id", *LIGHT)
    levels: dict[str, Level] = defaultdict(lambda: defaultdict(Played))
    for row in rows.order_by("attempt", "call", "id"):
        played = levels[row.iteration][row.node_key]
        (played.calls if row.call else played.attempts).append(row)
    return {
        path: {key: played for key, played in level.items() if played.attempts}
        for path, level in levels.items()
    }


def items_of(run: Run, owner: str, mark: str) -> list[Item]:
    """The items begun by the map at `owner` (`each_lead`, `a:3/b`), or the passes of the loop whose
    head it is but the first, by number. One query."""
    rest = Substr("iteration", len(owner) + 2)
    first, deeper = _part(rest, "/", 1), _part(rest, "/", 2)
    later = RunNode.objects.filter(
        run=OuterRef("run"),
        node_key=OuterRef("node_key"),
        iteration=OuterRef("iteration"),
        call=0,
        attempt__gt=OuterRef("attempt"),
    )
    # The subquery is asked of failed rows only.
    is_final = Case(
        When(status=NodeStatus.FAILED, then=~Exists(later)),
        default=Value(False),
        output_field=BooleanField(),
    )
    rows = (
        run.nodes.filter(iteration__startswith=owner + mark)
        .order_by()
        .annotate(item=Cast(first, IntegerField()), deeper=deeper, failed_here=is_final)
        .values("item")
        .annotate(
            began=Min("started_at"),
            ended=Max("finished_at"),
            cost=Sum("cost_microdollars"),
            settled=Count("node_key", distinct=True, filter=Q(deeper="") & ~Q(status__in=OPEN)),
            failed=Count("id", filter=Q(failed_here=True, port__isnull=True, call=0)),
            attention=Count("id", filter=Q(status=NodeStatus.NEEDS_ATTENTION)),
        )
        .order_by("item")
    )
    return [
        Item(
            row["item"],
            row["began"],
            row["ended"],
            row["cost"],
            row["settled"],
            row["failed"],
            row["attention"],
        )
        for row in rows
    ]


def _part(text: object, separator: str, number: int) -> Func:
    """PostgreSQL's split_part."""
    return Func(
        text,
        Value(separator),
        Value(number),
        function="split_part",
        output_field=CharField(),
    )
