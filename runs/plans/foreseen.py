"""What follows of a plan when some of its effects are dropped, told before it is applied.

The plan is walked once more without them: reads, models and effects answer as they are recorded, what
is pure is computed anew, and nothing else is called.
"""

import asyncio
import hashlib
import json
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from agents.egress import open_way_out
from maestro.errors import InvalidScore
from runs.executor import NodeFailed
from runs.graphs import graph_of
from runs.models import Decision, Reuse, Run, RunNode
from runs.nodes.earlier import Earlier
from runs.reuse.plans import planned_effects
from scores.document import GraphDocument
from scores.graph import Graph

from .imagined import Found, Imagined

JSON = dict[str, Any]
SECONDS = 20


@dataclass(frozen=True)
class Foreseen:
    """`changed`: by effect what of its arguments becomes another (place, planned, now). `fallen`: effects
    that are not reached any more. `new`: nodes that would write though the plan has no such effect.
    `asked_anew`: nodes that read or ask again, so that nobody can say what they answer.

    `inputs`: by row the values that dropping gives it, for the run that applies the plan.
    """

    changed: dict[int, list[JSON]] = field(default_factory=dict)
    fallen: set[int] = field(default_factory=set)
    new: list[str] = field(default_factory=list)
    asked_anew: list[str] = field(default_factory=list)
    inputs: dict[int, JSON] = field(default_factory=dict)

    @property
    def is_to_be_seen(self) -> bool:
        """Whether something would happen otherwise than it was planned, but for what falls out."""
        return bool(self.changed or self.new)

    @property
    def digest(self) -> str:
        """Names what is to be seen, so that a person applies what was shown."""
        told = json.dumps([sorted(self.changed.items()), self.new], sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()[:16] if self.is_to_be_seen else ""


def foresee(plan: Run) -> Foreseen:
    """By the decisions that are kept. Two queries while nothing is dropped, two more for each run."""
    dropped = planned_effects(plan).filter(decision__decision=Decision.DROP)
    if not dropped.exists():
        return Foreseen()
    runs = Run.objects.filter(Q(pk=plan.pk) | Q(root_run=plan.pk)).select_related("workspace")
    rows = RunNode.objects.filter(Q(run=plan.pk) | Q(run__root_run=plan.pk))
    found = Found()
    imagined = {run.pk: _imagined(run, found) for run in runs}
    for row in rows.select_related("decision").order_by("attempt", "call"):
        imagined[row.run_id].learn(row)
    for one in imagined.values():
        one.below = imagined
    asyncio.run(_walk(imagined[plan.pk]))
    reached = found.reached | set(dropped.values_list("pk", flat=True))
    fallen = set(planned_effects(plan).values_list("pk", flat=True)) - reached
    return Foreseen(
        found.changed, fallen, sorted(found.new), sorted(found.asked_anew), found.inputs
    )


def _imagined(run: Run, found: Found) -> Imagined:
    document = GraphDocument.model_validate(graph_of(run) or {})
    try:
        graph = Graph.of(document)
    except InvalidScore:
        graph = Graph.of(GraphDocument())
    return Imagined(run, graph, Earlier(run.pk, Reuse.APPLY), found)


async def _walk(plan: Imagined) -> None:
    """What fails there fails when the plan is applied, too."""
    async with aclosing(open_way_out()) as http:
        try:
            async with asyncio.timeout(SECONDS):
                await plan.play(plan.run.input, http)
        except NodeFailed:
            return
        except TimeoutError:
            plan.found.asked_anew.add("what follows")
