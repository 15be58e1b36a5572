"""Scores as entries of the catalog: make one, name it, delete it."""

from itertools import groupby
from typing import TypedDict

from django.db import IntegrityError, transaction
from django.db.models import RestrictedError

from maestro.cleaning import clean, taken_at_the_same_time
from maestro.errors import InUse
from maestro.ids import new_id
from maestro.slugs import free_slug
from maestro.uses import Use, use_by
from maestro.workspaces.audit import record
from maestro.workspaces.models import Workspace
from scores.models import Score


class ScoreFields(TypedDict, total=False):
    """What a person writes about a score; what is left out stays."""

    name: str
    slug: str
    description: str
    pipeline_kind: str


@transaction.atomic
def create_score(
    workspace: Workspace,
    fields: ScoreFields,
    *,
    author: str,
    score_id: str | None = None,
    is_template: bool = False,
    source: Score | None = None,
) -> Score:
    """A score without a graph (version 0); InvalidInput says which field is wrong."""
    score = Score(
        id=score_id or new_id("sc"),
        workspace=workspace,
        version=0,
        is_template=is_template,
        source_score=source,
        source_version=source.version if source else None,
    )
    _take(score, fields)
    with taken_at_the_same_time(f"the slug {score.slug}"):
        score.save(force_insert=True)
    record(workspace, author, "score.created", score, {"name": score.name})
    return score


@transaction.atomic
def edit_score(score: Score, fields: ScoreFields, *, author: str) -> Score:
    """The score under these names; its graph and version stay."""
    saved = Score.objects.select_for_update().get(pk=score.pk)
    _take(saved, fields)
    with taken_at_the_same_time(f"the slug {saved.slug}"):
        saved.save()
    record(saved.workspace, author, "score.edited", saved, {"name": saved.name})
    return saved


def delete_score(score: Score, *, author: str) -> None:
    """Delete a score with its versions and finished runs; InUse when something still needs it."""
    try:
        with transaction.atomic():
            # A run that starts now waits for this lock, and then finds no score.
            Score.objects.select_for_update().get(pk=score.pk)
            _refuse_while_used(uses_of(score), score)
            record(score.workspace, author, "score.deleted", score, {"name": score.name})
            score.runs.erase()
            score.delete()
    except (RestrictedError, IntegrityError):
        _refuse_while_used(uses_of(score), score)
        raise


def uses_of(score: Score) -> list[Use]:
    """Orchestras that play it, scores that hold it as a node, and its unfinished runs."""
    nodes = score.used_as_node.select_related("score").order_by("score__name", "score_id", "order")
    holders = groupby(nodes, key=lambda node: node.score)
    return [
        *(use_by(orchestra) for orchestra in score.orchestras.order_by("name")),
        *(use_by(holder, [node.key for node in held]) for holder, held in holders),
        *(use_by(run) for run in score.runs.unfinished().order_by("queued_at")[:100]),
    ]


def _refuse_while_used(used_by: list[Use], score: Score) -> None:
    if used_by:
        names = ", ".join(use["name"] for use in used_by[:5])
        raise InUse(f"{score} is used by {names}", used_by=used_by)


def _take(score: Score, fields: ScoreFields) -> None:
    for name, value in fields.items():
        if name in ScoreFields.__annotations__:
            setattr(score, name, value)
    if not score.slug:
        others = Score.objects.filter(workspace=score.workspace).exclude(pk=score.pk)
        score.slug = free_slug(others, score.name, "score")
    clean(score)
