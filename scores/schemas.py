"""Scores and their graphs on the wire."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from pydantic import BaseModel, ConfigDict, Field

from maestro.rest.etags import content_tag, version_tag
from maestro.rest.shapes import JSON, Body, Name, Slug
from scores.actions.catalog import ScoreFields
from scores.checks.issue import Issue
from scores.document import GraphDocument
from scores.models import Score, ScoreVersion


class ScoreIn(Body):
    """An empty `slug` is made from the name."""

    name: Name
    slug: Slug = ""
    description: str = ""
    pipeline_kind: str = Field("", max_length=40)

    def fields(self) -> ScoreFields:
        return cast(ScoreFields, self.model_dump())


class ScorePatch(ScoreIn):
    """What is left out stays."""

    name: Name = ""

    def fields(self) -> ScoreFields:
        return cast(ScoreFields, self.model_dump(exclude_unset=True))


class ScoreOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    slug: str
    description: str
    pipeline_kind: str
    is_template: bool
    source_score_id: str | None
    version: int = Field(description="0: no graph has been saved yet.")
    created_at: datetime
    updated_at: datetime


class IssueOut(BaseModel):
    level: str
    code: str
    message: str
    template: str | None = Field(
        default=None,
        description="`message` with its places, which `params` fill; null: it has none.",
    )
    params: dict[str, str] = {}
    node: str | None
    edge: JSON | None


class GraphIn(GraphDocument):
    """A whole graph. What an answer adds to it may be sent back; it changes nothing."""

    version: Any = None
    warnings: Any = None

    def document(self) -> GraphDocument:
        return GraphDocument(message=self.message, nodes=self.nodes, edges=self.edges)


class GraphOut(GraphDocument):
    """The graph, its version, and what a person should know of it."""

    version: int
    warnings: list[IssueOut]


class ScoreVersionOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    version: int
    content_hash: str
    author: str
    message: str
    created_at: datetime


def score_out(score: Score) -> ScoreOut:
    return ScoreOut.model_validate(score)


def score_version_out(version: ScoreVersion) -> ScoreVersionOut:
    return ScoreVersionOut.model_validate(version)


def graph_out(document: GraphDocument, version: int, issues: Sequence[Issue]) -> GraphOut:
    return GraphOut(
        message=document.message,
        nodes=document.nodes,
        edges=document.edges,
        version=version,
        warnings=[IssueOut.model_validate(issue.as_json()) for issue in issues],
    )


def score_tag(score: Score) -> str:
    return content_tag(score_out(score))


def graph_tag(score: Score) -> str:
    return version_tag(score.version)
