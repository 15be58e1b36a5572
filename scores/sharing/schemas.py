"""What is said on the wire about agents in the scores that share them."""

from typing import Annotated

from pydantic import BaseModel, Field

from agents.schemas import ComparisonOut, comparison_out
from maestro.rest.shapes import JSON, Body, Id, Query, VersionNumber
from scores.actions import Merged, Promoted, SwapPreview
from scores.models import Score
from scores.schemas import IssueOut, ScoreIn, ScoreOut, score_out


class PinIn(Body):
    version: VersionNumber | None = Field(description="null: follow the newest version again.")


class SwapQuery(Query):
    to: Id = Field(description="The agent that would play instead.")


class SwapIn(Body):
    """The scores to change, each with the version the preview showed."""

    to: Id
    scores: dict[Id, VersionNumber] = Field(min_length=1, max_length=500)


class MergeIn(Body):
    """Agents whose nodes the one in the path shall play."""

    agents: Annotated[list[Id], Field(min_length=1, max_length=200)]


class PromoteIn(ScoreIn):
    """A score's words, and its old graph: LLM nodes have `id`, `system_prompt`, `model` and
    `allowed_tools` (or `tools`) in place of `agent_id`."""

    graph: JSON


class PromotedOut(BaseModel):
    """The new score, and the agents by node: made for it, or identical ones that were there."""

    score: ScoreOut
    created: dict[str, str]
    reused: dict[str, str]


class ScoreVersionNow(BaseModel):
    score_id: str
    version: int


class PlayedNode(BaseModel):
    key: str
    label: str
    agent_version: int | None


class SwappedScoreOut(BaseModel):
    score_id: str
    name: str
    version: int
    nodes: list[PlayedNode]
    issues: list[IssueOut]


class SwapPreviewOut(BaseModel):
    """What would change from the old agent to the new one; `missing_fields` only the old one gives."""

    comparison: ComparisonOut
    missing_fields: list[str]
    scores: list[SwappedScoreOut]


class SwappedOut(BaseModel):
    """The scores at their new versions."""

    scores: list[ScoreVersionNow]


class LeftNode(BaseModel):
    score_id: str
    node: str
    agent_id: str
    agent_version: int | None


class MergedOut(BaseModel):
    """The scores at their new versions, and pinned nodes that were left as they are."""

    scores: list[ScoreVersionNow]
    left: list[LeftNode]


def swap_preview_out(preview: SwapPreview) -> SwapPreviewOut:
    return SwapPreviewOut(
        comparison=comparison_out(preview.comparison),
        missing_fields=preview.missing,
        scores=[
            SwappedScoreOut(
                score_id=swapped.score.pk,
                name=swapped.score.name,
                version=swapped.score.version,
                nodes=[
                    PlayedNode(key=node.key, label=node.label, agent_version=node.agent_version)
                    for node in swapped.nodes
                ],
                issues=[IssueOut.model_validate(issue.as_json()) for issue in swapped.issues],
            )
            for swapped in preview.scores
        ],
    )


def versions_now(scores: list[Score]) -> list[ScoreVersionNow]:
    return [ScoreVersionNow(score_id=score.pk, version=score.version) for score in scores]


def merged_out(merged: Merged) -> MergedOut:
    left = [
        LeftNode(
            score_id=node.score_id,
            node=node.key,
            agent_id=str(node.agent_id),
            agent_version=node.agent_version,
        )
        for node in merged.left
    ]
    return MergedOut(scores=versions_now(merged.scores), left=left)


def promoted_out(promoted: Promoted) -> PromotedOut:
    return PromotedOut(
        score=score_out(promoted.saved.score),
        created={node: agent.pk for node, agent in promoted.created.items()},
        reused={node: agent.pk for node, agent in promoted.reused.items()},
    )
