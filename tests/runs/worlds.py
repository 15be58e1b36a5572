"""Workspaces, scores and runs in one line each."""

from typing import Any

from agents.skills.pipeline.actions import create_pipeline
from agents.skills.pipeline.models import Kind, Pipeline
from maestro.workspaces.models import Workspace
from runs.actions import start_score
from runs.models import Run, Trigger
from scores.document import GraphDocument
from scores.models import Score, ScoreVersion


def workspace() -> Workspace:
    return Workspace.objects.get_or_create(slug="test", defaults={"name": "Test"})[0]


def score(document: GraphDocument, slug: str = "score") -> Score:
    """A score whose only version is `document`, saved without the checks of a save."""
    made = Score.objects.create(workspace=workspace(), name=slug, slug=slug, version=1)
    ScoreVersion.objects.create(
        score=made, version=1, graph=document.content(), content_hash="0" * 64, author="test"
    )
    return made


def start(made: Score, input: dict[str, Any] | None = None, **options: Any) -> Run:
    return start_score(
        made, trigger=Trigger.MANUAL, input=input or {}, started_by="test", **options
    )


def pipeline() -> Pipeline:
    return create_pipeline(workspace(), name="Outreach", slug="outreach", kind=Kind.OUTREACH)
