"""Runs of what is not saved yet: a draft as it stands, or one node of it."""

from typing import Any

from django.db import transaction

from runs.models import Mode, Run, Trigger
from scores.actions import read_draft
from scores.models import Score
from scores.part import alone
from scores.validation import check_graph, errors_of, refusal_of

from .holds import hold_agents
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
    if errors := errors_of(check_graph(document, score.workspace, score=score)):
        raise refusal_of(errors)
    pins = pin_document_and_below(score, document, mode)
    hold_agents(pins)
    return save_queued(
        Run(
            workspace_id=score.workspace_id,
            score=score,
            score_version=None,
            mode=mode,
            trigger=trigger,
            input=checked_input(input or {}),
            pins={**pins, "graph": document.content()},
            started_by=started_by,
        )
    )
