"""The versions that runs are started of, read and checked once per process: they never change."""

from functools import partial

from django.db import transaction

from scores.checks.references import Known, check_references
from scores.document import GraphDocument
from scores.models import Score, ScoreVersion
from scores.validation import check_graph, errors_of, refusal_of

MAX_KEPT = 100

_sound: dict[tuple[str, int], GraphDocument] = {}


def sound_document(score: Score, version: int) -> GraphDocument:
    """The graph of this version, fit to be played now.

    What it refers to may have changed since it was saved, so that is looked for each time; raises
    InvalidScore that names each place.
    """
    document = _sound.get((score.pk, version))
    if document is not None:
        issues = list(check_references(document, Known.to(score.workspace, document)))
    else:
        document = read_document(score, version)
        issues = check_graph(document, score.workspace)
    errors = errors_of(issues)
    if errors:
        raise refusal_of(errors)
    if (score.pk, version) not in _sound:
        # Not before the commit: a version saved in this transaction may still be taken back.
        transaction.on_commit(partial(_keep, score.pk, version, document))
    return document


def read_document(score: Score, version: int) -> GraphDocument:
    """The graph of this version as it was saved."""
    document = _sound.get((score.pk, version))
    if document is None:
        saved = ScoreVersion.objects.get(score=score, version=version)
        document = GraphDocument.model_validate(saved.graph)
    return document


def _keep(score: str, version: int, document: GraphDocument) -> None:
    _sound[score, version] = document
    while len(_sound) > MAX_KEPT:
        _sound.pop(next(iter(_sound)), None)
