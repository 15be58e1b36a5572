"""Runs of what is not saved yet: a draft as it stands, from one of its nodes on, or that node alone."""

from typing import Any

from django.db import transaction

from maestro.errors import Conflict, NotFound
from runs.models import Mode, Reuse, Run, Trigger
from runs.reuse import Kept, Places, kept_rows
from runs.reuse.fitting import changed_before
from scores.actions import read_draft
from scores.document import GraphDocument
from scores.models import Score
from scores.part import alone
from scores.validation import find_errors, refusal_of

from .again import document_of
from .events import lock_run
from .saving import save_queued
from .start import checked_input
from .subscores import pin_document_and_below

JSON = dict[str, Any]


@transaction.atomic
def start_draft(
    score: Score,
    *,
    trigger: Trigger,
    input: JSON | None = None,
    mode: Mode = Mode.REHEARSAL,
    node: str | None = None,
    started_by: str,
) -> Run:
    """Play the score's draft, or what is saved where there is none; `node`: that one alone, given the input.

    The graph is kept in the run's pins. InvalidScore that names each place, NotFound for a node that is not there.
    """
    document = read_draft(score).document
    if node is not None:
        document = alone(document, node)
    columns = {"trigger": trigger, "input": checked_input(input or {}), "started_by": started_by}
    return save_queued(_row(score, document, mode, **columns))


@transaction.atomic
def start_draft_from(
    score: Score, source: Run, *, node: str, mode: Mode = Mode.REHEARSAL, started_by: str
) -> Run:
    """Play the score's draft from `node` on, and take over what `source` recorded before it.

    Where the draft has something otherwise before `node`, a rehearsal plays that again, too; a live
    run is refused with Conflict that names it. InvalidScore as `start_draft`; NotFound for a node
    that is not there; Conflict for a run that is not over, or of another score.
    """
    source = lock_run(source)
    document = read_draft(score).document
    kept = _kept_before(score, source, document, node, mode)
    columns = {"trigger": Trigger.REPLAY, "input": source.input, "started_by": started_by}
    again = {
        "source_run": source,
        "reuse": Reuse.BEFORE,
        "fence": 1,
    }  # as every run that takes over
    run = save_queued(_row(score, document, mode, **columns, **again))
    kept.copy_to(run)
    return run


def _kept_before(score: Score, source: Run, document: GraphDocument, node: str, mode: Mode) -> Kept:
    if source.score_id != score.pk or source.mode == Mode.AUDITION:
        raise Conflict(f"{source.pk} did not play this score; name a run of it.")
    if not source.is_finished:
        raise Conflict(f"{source.pk} is not over: it is {source.status}. Cancel it, or wait.")
    if node not in {one.key for one in document.nodes}:
        raise NotFound(f"The draft has no node {node}.")
    played = document_of(source)
    changed = changed_before(played, document, node)
    if changed and mode != Mode.REHEARSAL:
        names = ", ".join(changed)
        message = f"What was recorded does not fit {node} any more, because {names} changed since."
        raise Conflict(f"{message} Play it live from {changed[0]} on, or rehearse.", nodes=changed)
    return kept_rows(source, played, document, Places.everywhere(document, [node, *changed]))


def _row(score: Score, document: GraphDocument, mode: Mode, **columns: Any) -> Run:
    """Its pins keep the graph."""
    if errors := find_errors(document, score.workspace, score=score):
        raise refusal_of(errors)
    pins = pin_document_and_below(score, document, mode)
    return Run(
        workspace_id=score.workspace_id,
        score=score,
        score_version=None,
        mode=mode,
        pins={**pins, "graph": document.content()},
        **columns,
    )
