"""The draft of a score: what the Composer keeps between two saves. It may be broken; it never runs by itself."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from scores.document import GraphDocument
from scores.models import Score
from scores.validation import parse_document

from .graph import read_graph


@dataclass(frozen=True)
class Draft:
    """A graph somebody works on since `base_version`; without `saved_at` it is that version itself."""

    document: GraphDocument
    base_version: int
    author: str = ""
    saved_at: datetime | None = None


def read_draft(score: Score) -> Draft:
    """The draft, or the newest saved graph where there is none."""
    kept = score.draft
    if kept is None:
        return Draft(read_graph(score), score.version)
    return Draft(
        parse_document(kept["graph"]),
        kept["base_version"],
        kept["author"],
        datetime.fromisoformat(kept["saved_at"]),
    )


def keep_draft(score: Score, document: GraphDocument, *, base_version: int, author: str) -> Draft:
    """Keep `document` as the draft: no version, no check, no entry in the audit log."""
    moment = timezone.now()
    score.draft = {
        "graph": document.content(),
        "base_version": base_version,
        "author": author,
        "saved_at": moment.isoformat(),
    }
    score.save(update_fields=["draft"])
    return Draft(document, base_version, author, moment)


def drop_draft(score: Score) -> None:
    """Go back to the newest saved graph."""
    score.draft = None
    score.save(update_fields=["draft"])
