"""The versions that runs are started of, read and checked once per process: they never change."""

from collections.abc import Collection
from functools import partial
from typing import Any, TypeVar

from django.db import transaction

from agents.models import AgentVersion
from scores.checks.references import Known, check_references
from scores.document import GraphDocument
from scores.models import Score, ScoreVersion
from scores.validation import errors_of, find_errors, refusal_of

MAX_KEPT = 100

JSON = dict[str, Any]
Pinned = tuple[str, int]  # an id and a version
Kept = TypeVar("Kept")

_sound: dict[Pinned, GraphDocument] = {}
_contents: dict[Pinned, JSON] = {}


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
        issues = find_errors(document, score.workspace)
    errors = errors_of(issues)
    if errors:
        raise refusal_of(errors)
    if (score.pk, version) not in _sound:
        # Not before the commit: a version saved in this transaction may still be taken back.
        transaction.on_commit(partial(_keep, _sound, {(score.pk, version): document}))
    return document


def read_document(score: Score, version: int) -> GraphDocument:
    """The graph of this version as it was saved."""
    document = _sound.get((score.pk, version))
    if document is None:
        saved = ScoreVersion.objects.get(score=score, version=version)
        document = GraphDocument.model_validate(saved.graph)
    return document


def contents_of(pinned: Collection[Pinned]) -> dict[Pinned, JSON]:
    """What these versions of agents say; one query, if any."""
    found = {one: _contents[one] for one in pinned if one in _contents}
    if missing := set(pinned) - found.keys():
        saved = AgentVersion.objects.filter(
            agent__in={agent for agent, _ in missing}, version__in={v for _, v in missing}
        )
        read = {(row.agent_id, row.version): row.content for row in saved}
        transaction.on_commit(partial(_keep, _contents, read))
        found |= read
    return found


def _keep(kept: dict[Pinned, Kept], read: dict[Pinned, Kept]) -> None:
    kept |= read
    while len(kept) > MAX_KEPT:
        kept.pop(next(iter(kept)), None)
