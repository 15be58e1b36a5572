"""What playing nodes again may write: what they wrote before, and what they could write by their declaration,
in runs below as well."""

from collections.abc import Collection, Iterable
from typing import Any

from runs.models import NodeStatus, Run, RunNode
from runs.writing import writing_nodes
from scores.document import GraphDocument, NodeDocument
from scores.models import ScoreVersion

from .kept import Row

JSON = dict[str, Any]
MAY_HAVE_HAPPENED = [NodeStatus.SUCCEEDED, NodeStatus.RUNNING, NodeStatus.NEEDS_ATTENTION]
WRITING = ["write", "local"]


def writes_of(rows: Iterable[Row]) -> int:
    """Writes that these rows are of, or rows of the runs that they started. A query per level below."""
    rows = list(rows)
    own = sum(row.effect in WRITING and row.status in MAY_HAVE_HAPPENED for row in rows)
    return own + _writes_below({row.child_run_id for row in rows if row.child_run_id})


def nodes_that_may_write(document: GraphDocument, pins: JSON, keys: Collection[str]) -> list[str]:
    """Of these nodes those that declare a write, or hold a score in which something does."""
    writing = writing_nodes(document, pins) & set(keys)
    return [
        node.key
        for node in document.nodes
        if node.key in writing and (node.subkind != "subscore" or _may_write_below(node, pins))
    ]


def _writes_below(runs: set[str]) -> int:
    count = 0
    while runs:
        rows = RunNode.objects.filter(run__in=runs)
        count += rows.filter(effect__in=WRITING, status__in=MAY_HAVE_HAPPENED).count()
        runs = set(Run.objects.filter(parent_run__in=runs).values_list("id", flat=True))
    return count


def _may_write_below(node: NodeDocument, pins: JSON) -> bool:
    """Whatever is not known counts as a write."""
    held = pins.get("subscores", {}).get(node.key)
    below = pins.get("scores", {}).get(f"{held['id']}@{held['version']}") if held else None
    if held is None or below is None:
        return True
    saved = ScoreVersion.objects.filter(score=held["id"], version=held["version"]).first()
    if saved is None:
        return True
    document = GraphDocument.model_validate(saved.graph)
    keys = [one.key for one in document.nodes]
    return bool(nodes_that_may_write(document, {**below, "scores": pins["scores"]}, keys))
