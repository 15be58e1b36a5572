"""What failed in a run, grouped by cause: the same node, code and message but for names and numbers."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from runs.models import RETRY_AT, NodeStatus, Run, RunNode

# What differs between failures of one cause, in the order it is taken out.
VARYING = (
    (re.compile(r"https?://\S+"), "<address>"),
    (re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"), "<email>"),
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f-]{27}\b"), "<id>"),
    (re.compile(r"\b[a-z]{2,6}_[0-9a-z]{8,}\b"), "<id>"),
    (re.compile(r"'[^']*'|\"[^\"]*\"|“[^”]*”"), "<text>"),
    (re.compile(r"\d+(\.\d+)*"), "<number>"),
)
SHOWN_PLACES = 20


@dataclass
class Group:
    """Failures of one cause; `example` is the first of them."""

    id: str
    node: str
    code: str
    cause: str
    example: RunNode
    iterations: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.iterations)

    @property
    def may_have_happened(self) -> bool:
        """A write that nobody knows the end of: repaired only when it is named."""
        return _innermost(self.example.error or {}).get("code") == "outcome_unknown"


def failed_rows(run: Run) -> QuerySet[RunNode]:
    """The nodes that failed in the end and whose error nothing in the graph took."""
    later = RunNode.objects.filter(
        run=OuterRef("run"),
        node_key=OuterRef("node_key"),
        iteration=OuterRef("iteration"),
        call=0,
        attempt__gt=OuterRef("attempt"),
    )
    failed = run.nodes.filter(status=NodeStatus.FAILED, call=0, port__isnull=True)
    final = failed.filter(~Exists(later)).exclude(error__details__has_key=RETRY_AT)
    return final.defer("input", "output_json").order_by("id")


def groups_of(rows: Iterable[RunNode]) -> list[Group]:
    """The largest first."""
    groups: dict[str, Group] = {}
    for row in rows:
        error = row.error or {}
        code, cause = str(error.get("code", "")), normalised(str(error.get("message", "")))
        id = group_id(row.node_key, code, cause)
        group = groups.setdefault(id, Group(id, row.node_key, code, cause, row))
        group.iterations.append(row.iteration)
    return sorted(groups.values(), key=lambda one: (-one.count, one.node, one.code, one.cause))


def normalised(message: str) -> str:
    """The message without what names one item."""
    for pattern, instead in VARYING:
        message = pattern.sub(instead, message)
    return message[:500]


def _innermost(error: dict[str, Any]) -> dict[str, Any]:
    """What went wrong in the run of a subscore, where that is what the error tells of."""
    while error.get("code") == "subscore_failed" and error.get("details", {}).get("error"):
        error = error["details"]["error"]
    return error


def group_id(node: str, code: str, cause: str) -> str:
    return hashlib.sha256("\n".join((node, code, cause)).encode()).hexdigest()[:12]
