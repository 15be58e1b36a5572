"""From the run's rows to the audition's: answers compared, graded, and followed downstream.

It may be asked at any time and by anyone: what is settled stays, what is not is looked at again.
"""

import time
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from runs.models import NodeStatus, Run, RunNode, RunStatus

from .declared import Grader, graders_of
from .downstream import Asked, Recorded, replay
from .ends import Place
from .fields import deciding, is_another
from .figures import ports_of, totals_of
from .flips import ends_of, flips_of
from .grading import grade
from .models import Against, Audition, AuditionRow, RowStatus, Status
from .playing import CANDIDATE, CURRENT, iteration_of, row_of
from .sides import place_of, side_of, spent_by

JSON = dict[str, Any]
SECONDS = 3.0
OVER = (NodeStatus.SUCCEEDED, NodeStatus.FAILED, NodeStatus.CANCELLED)
# Nobody answered, which says nothing of the agent.
NOT_MADE = ("budget_spent", "cut_off", "recording_gone")
AWAY = (
    "unavailable",
    "rate_limited",
    "timeout",
    "key_refused",
    "spending_stopped",
    "missing_secret",
)
STATUSES = {RunStatus.SUCCEEDED: Status.DONE, RunStatus.CANCELLED: Status.CANCELLED}


@transaction.atomic
def settle(audition_id: str, *, seconds: float = SECONDS) -> bool:
    """Settle what the run has answered since; whether there is more that could be settled now."""
    rows = Audition.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
    audition = rows.select_related("run", "agent").filter(pk=audition_id).first()
    if audition is None or audition.is_finished:
        return False
    until = time.monotonic() + seconds
    ended = audition.run is None or audition.run.is_finished
    waiting = list(audition.rows.filter(status=RowStatus.TO_COME))
    answers = _answers(audition.run, waiting)
    heard = _heard(audition, waiting, answers, ended)
    left = _settle_rows(audition, heard, until)
    if ended and not left:
        _finish(audition)
    return bool(left)


Heard = tuple[
    AuditionRow, JSON | None, JSON | None
]  # a row, the candidate's side, the current one's


def _answers(run: Run | None, waiting: Iterable[AuditionRow]) -> dict[tuple[int, str], RunNode]:
    """By row and who answers, the last attempt."""
    if run is None:
        return {}
    iterations = [iteration_of(row.number) for row in waiting]
    nodes = run.nodes.filter(call=0, iteration__in=iterations).order_by("attempt")
    return {(row_of(node.iteration), node.node_key): node for node in nodes}


def _heard(
    audition: Audition,
    waiting: list[AuditionRow],
    answers: dict[tuple[int, str], RunNode],
    ended: bool,
) -> list[Heard]:
    """The rows that can be settled: answered by all who are heard, or never to be."""
    asked = [CANDIDATE, CURRENT] if audition.against == Against.CURRENT else [CANDIDATE]
    spent = spent_by(answers.values())
    heard: list[Heard] = []
    for row in waiting:
        nodes = [answers.get((row.number, name)) for name in asked]
        if not ended and not all(node and _is_over(node) for node in nodes):
            continue
        new, *current = [
            side_of(node, spent[place_of(node)]) if node and _was_made(node) else None
            for node in nodes
        ]
        heard.append((row, new, current[0] if current else row.old))
    return heard


def _is_over(node: RunNode) -> bool:
    return node.status in OVER and not node.tries_again


def _was_made(node: RunNode) -> bool:
    """Whether it says something of the agent: an answer, or a failure of its own to give one."""
    code = (node.error or {}).get("code", "")
    return _is_over(node) and node.status != NodeStatus.CANCELLED and code not in NOT_MADE + AWAY


def _settle_rows(audition: Audition, heard: list[Heard], until: float) -> list[Heard]:
    """As many as there is time for; what is left."""
    graders = graders_of(audition.graders)
    fields = deciding(audition.candidate["output_schema"])
    known = _Sources(audition)
    for number, (row, new, old) in enumerate(heard):
        if time.monotonic() > until:
            return heard[number:]
        _settle_row(row, new, old, graders, fields, known)
    return []


def _settle_row(
    row: AuditionRow,
    new: JSON | None,
    old: JSON | None,
    graders: list[Grader],
    fields: list[str],
    known: "_Sources",
) -> None:
    if new is None or old is None:
        row.status = RowStatus.NOT_PLAYED
        row.save(update_fields=["status"])
        return
    row.status, row.old, row.new = RowStatus.PLAYED, old, new
    row.changed = is_another(old["output"], new["output"], fields)
    row.grades = grade(graders, old, new)
    recorded = known.of(row.source["run"])
    if recorded is not None:
        place: Place = (row.source["node"], row.source["iteration"])
        before = recorded.behind(place)
        if old["output"] != new["output"]:
            before, after = _walks(recorded, place, row)
            row.flips = flips_of(recorded.document, before, after, place)
            row.changed |= bool(ports_of(row))
        row.ends = ends_of(before, place)
    row.save()


def _walks(recorded: Recorded, place: Place, row: AuditionRow) -> tuple[Any, Any]:
    """How it went with the old answer, and how it would go with the new one."""
    as_recorded = recorded.ends[place].output == row.old["output"]
    asked: list[Asked] = [(recorded, place, row.new or {})]
    if not as_recorded:
        asked.append((recorded, place, row.old))
    after, *before = replay(asked)
    return (before[0] if before else recorded.behind(place)), after


class _Sources:
    """The runs that rows were recorded in, read once each."""

    def __init__(self, audition: Audition) -> None:
        self._runs = Run.objects.filter(workspace=audition.workspace_id)
        self._known: dict[str, Recorded | None] = {}

    def of(self, run_id: str) -> Recorded | None:
        """None when it has been deleted since."""
        if run_id not in self._known:
            run = self._runs.filter(pk=run_id).first()
            self._known[run_id] = Recorded.of(run) if run else None
        return self._known[run_id]


def _finish(audition: Audition) -> None:
    audition.status = Status.FAILED
    if audition.run is not None:
        audition.status = STATUSES.get(RunStatus(audition.run.status), Status.FAILED)
    rows = list(audition.rows.all())
    if audition.status == Status.FAILED and rows and not _missing(rows):
        audition.status = Status.DONE  # the run broke behind the last answer
    audition.totals = totals_of(rows, graders_of(audition.graders))
    audition.passed = bool(audition.totals["passed"])
    audition.finished_at = _moment(audition)
    audition.save(update_fields=["status", "totals", "passed", "finished_at"])


def _missing(rows: list[AuditionRow]) -> bool:
    return any(row.status != RowStatus.PLAYED for row in rows)


def _moment(audition: Audition) -> datetime:
    return (audition.run.finished_at if audition.run else None) or timezone.now()
