"""Save and read graphs. A save is a publish: the next run plays it."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from agents.models import Agent
from maestro.cleaning import clean
from maestro.errors import Conflict, NotFound, StaleVersion
from maestro.ids import new_id
from maestro.workspaces.audit import record
from scores.checks.issue import Issue
from scores.document import GraphDocument
from scores.hashing import content_hash
from scores.models import Score, ScoreVersion
from scores.validation import check_graph, errors_of, refusal_of

from .rows import document_of, move_nodes, replace_rows


@dataclass(frozen=True)
class SavedGraph:
    """The score at the version its graph now has, and what a person should know of it."""

    score: Score
    warnings: list[Issue]


def save_graph(
    score: Score,
    document: GraphDocument,
    *,
    author: str,
    message: str = "",
    expected_version: int | None = None,
    new_node_id: Callable[[str], str] | None = None,
) -> SavedGraph:
    """Make `document` the score's graph and next version; the same graph makes no version.

    `message` defaults to the document's; `new_node_id` names new nodes by key. InvalidScore lists
    all errors; StaleVersion when the score is no longer at `expected_version`; Conflict when
    something the graph names was deleted meanwhile.
    """
    try:
        with transaction.atomic():
            return _save(
                Score.objects.select_for_update().get(pk=score.pk),
                document.normalised(),
                author=author,
                message=message or document.message,
                expected_version=expected_version,
                new_node_id=new_node_id or (lambda key: new_id("nd")),
            )
    except IntegrityError:
        gone = "Something this graph names was deleted at the same moment; check it and save again"
        raise Conflict(gone) from None


def read_graph(score: Score, version: int | None = None) -> GraphDocument:
    """The newest saved graph, or that of a version (NotFound when there is none)."""
    if version is None:
        return document_of(score)
    saved = score.versions.filter(version=version).first()
    if saved is None:
        raise NotFound(f"{score} has no version {version}")
    return GraphDocument.model_validate(saved.graph | {"message": saved.message})


def restore_graph(
    score: Score, version: int, *, author: str, expected_version: int | None = None
) -> SavedGraph:
    """The graph as it was at `version`, as the next version.

    NotFound when there is no such version, InvalidScore when it could not be played any more.
    """
    return save_graph(
        score,
        read_graph(score, version),
        author=author,
        message=f"Restored v{version}",
        expected_version=expected_version,
    )


def _save(
    score: Score,
    document: GraphDocument,
    *,
    author: str,
    message: str,
    expected_version: int | None,
    new_node_id: Callable[[str], str],
) -> SavedGraph:
    if expected_version not in (None, score.version):
        stale = f"{score} is at version {score.version}, not {expected_version}; read it again"
        raise StaleVersion(stale, version=score.version)
    issues = check_graph(document, score.workspace, score=score)
    if errors := errors_of(issues):
        raise refusal_of(errors)
    before = document_of(score)
    slugs = _slugs(before, document)
    new_hash = content_hash(document, slugs)
    if score.version and new_hash == content_hash(before, slugs):
        move_nodes(score, document)
        score.draft = None
        score.save(update_fields=["draft"])
        return SavedGraph(score, issues)
    score.version, score.draft = score.version + 1, None
    score.save(update_fields=["version", "draft", "updated_at"])
    _keep_version(score, document, new_hash, author, message)
    replace_rows(score, document, new_node_id)
    return SavedGraph(score, issues)


def _keep_version(
    score: Score, document: GraphDocument, new_hash: str, author: str, message: str
) -> None:
    version = ScoreVersion(
        score=score,
        version=score.version,
        graph=document.content(),
        content_hash=new_hash,
        author=author,
        message=message,
    )
    clean(version)
    version.save(force_insert=True)
    details = {"version": score.version, "message": message}
    record(score.workspace, author, "score.saved", score, details)


def _slugs(*documents: GraphDocument) -> dict[str, str]:
    """The slug of every agent and subscore that the documents name."""
    nodes = [node for document in documents for node in document.nodes]
    agents = Agent.objects.filter(pk__in=[node.agent_id for node in nodes if node.agent_id])
    scores = Score.objects.filter(pk__in=[node.subscore_id for node in nodes if node.subscore_id])
    return dict([*agents.values_list("pk", "slug"), *scores.values_list("pk", "slug")])
