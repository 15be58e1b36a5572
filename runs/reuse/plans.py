"""A plan's effects, and what of the plan holds when it is applied."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from runs.graphs import graph_of
from runs.models import NodeStatus, Run, RunNode
from scores.document import GraphDocument

from .kept import Kept, kept_rows
from .places import Places

PLANNED = "planned"  # the code of the note on an effect that a plan would have had
SAMPLED = "answered_by_sample"
DROPPED = "dropped_from_plan"


def planned_effects(plan: Run) -> QuerySet[RunNode]:
    """What would have been written, in the order it was planned, by the plan and the runs below it."""
    node_of_call = RunNode.objects.filter(
        run=OuterRef("run"),
        node_key=OuterRef("node_key"),
        iteration=OuterRef("iteration"),
        attempt=OuterRef("attempt"),
        call=0,
        status=NodeStatus.SUCCEEDED,
    )
    rows = RunNode.objects.filter(
        Q(run=plan) | Q(run__root_run=plan), status=NodeStatus.SUCCEEDED, error__code=PLANNED
    )
    # A model's turn that was begun anew has planned anew.
    return rows.filter(Q(call=0) | Exists(node_of_call)).select_related("decision").order_by("id")


def holding_rows(plan: Run) -> Kept:
    """What of a plan is no consequence of a sample: its reads and model calls before the effects."""
    document = GraphDocument.model_validate(graph_of(plan) or {})
    made_up = plan.nodes.filter(error__code__in=[PLANNED, SAMPLED])
    keys = set(made_up.values_list("node_key", flat=True).distinct())
    keys |= {node.key for node in document.nodes if node.subkind == "subscore"}
    return kept_rows(plan, document, document, Places.everywhere(document, keys), failures=True)
