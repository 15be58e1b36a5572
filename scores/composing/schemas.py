"""Drafts, checks and tried conditions on the wire."""

from datetime import datetime
from typing import Any, cast

from pydantic import BaseModel, Field

from maestro.rest.etags import content_tag
from maestro.rest.shapes import JSON, Body
from scores.actions import Draft
from scores.checks.issue import Issue
from scores.document import GraphDocument
from scores.schemas import IssueOut


class DraftIn(GraphDocument):
    """A graph as it stands, mistakes included. What an answer adds to it may be sent back."""

    base_version: int = Field(ge=0, le=2_000_000_000, description="What the work began from.")
    author: Any = None
    saved_at: Any = None
    issues: Any = None

    def document(self) -> GraphDocument:
        return GraphDocument(message=self.message, nodes=self.nodes, edges=self.edges)


class DraftOut(GraphDocument):
    """`saved_at` null: nobody has begun a draft, this is the newest saved graph."""

    base_version: int
    author: str
    saved_at: datetime | None
    issues: list[IssueOut]


class CheckOut(BaseModel):
    """Errors refuse a save and a start, warnings do not."""

    issues: list[IssueOut]


class ConditionIn(Body):
    when: str = Field(max_length=10_000)
    input: JSON = {}


class ConditionOut(BaseModel):
    """`holds` null: it cannot be asked, and `message` says why; `missing` names the field it does not hold without."""

    holds: bool | None
    missing: str | None = None
    message: str = ""


def draft_out(draft: Draft, issues: list[Issue]) -> DraftOut:
    return DraftOut(
        message=draft.document.message,
        nodes=draft.document.nodes,
        edges=draft.document.edges,
        base_version=draft.base_version,
        author=draft.author,
        saved_at=draft.saved_at,
        issues=issues_out(issues),
    )


def issues_out(issues: list[Issue]) -> list[IssueOut]:
    return [IssueOut.model_validate(issue.as_json()) for issue in issues]


def draft_tag(draft: Draft) -> str:
    return content_tag(cast(BaseModel, draft_out(draft, [])))
