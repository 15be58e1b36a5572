"""Scores and their graphs over REST."""

from django.http import HttpResponse
from django.urls import reverse
from ninja import Query, Router, Status

from maestro.rest.etags import seen
from maestro.rest.paging import Page, PageQuery, page
from maestro.rest.shapes import Id, IfMatch, VersionNumber, find
from maestro.workspaces.bearer import ApiRequest, author, can
from maestro.workspaces.models import WorkspaceQuerySet
from scores import actions
from scores.models import Score
from scores.schemas import (
    GraphIn,
    GraphOut,
    ScoreIn,
    ScoreOut,
    ScorePatch,
    ScoreVersionOut,
    graph_out,
    graph_tag,
    score_out,
    score_tag,
    score_version_out,
)
from scores.validation import check_graph

router = Router(tags=["Scores"])


@router.get("/scores", response=Page[ScoreOut], auth=can("score:read"))
def list_scores(request: ApiRequest, query: Query[PageQuery]) -> Page[ScoreOut]:
    """Newest first."""
    return page(Page[ScoreOut], _scores(request), query, score_out)


@router.post("/scores", response={201: ScoreOut}, auth=can("score:write"))
def create_score(request: ApiRequest, response: HttpResponse, body: ScoreIn) -> Status[ScoreOut]:
    """A score without a graph: save one with `PUT /scores/{score_id}/graph`."""
    score = actions.create_score(request.auth.workspace, body.fields(), author=author(request))
    response["Location"] = reverse("api:get_score", args=[score.id])
    return Status(201, _shown(response, score))


@router.get("/scores/{score_id}", response=ScoreOut, auth=can("score:read"))
def get_score(request: ApiRequest, response: HttpResponse, score_id: Id) -> ScoreOut:
    return _shown(response, find(_scores(request), score_id))


@router.patch("/scores/{score_id}", response=ScoreOut, auth=can("score:write"))
def change_score(
    request: ApiRequest, response: HttpResponse, score_id: Id, body: ScorePatch, if_match: IfMatch
) -> ScoreOut:
    """How it is called; its graph and version stay."""
    with seen(_scores(request), score_id, if_match, score_tag) as score:
        edited = actions.edit_score(score, body.fields(), author=author(request))
    return _shown(response, edited)


@router.delete("/scores/{score_id}", response={204: None}, auth=can("score:write"))
def delete_score(request: ApiRequest, score_id: Id, if_match: IfMatch) -> Status[None]:
    """With its versions and finished runs; 409 `in_use`, with what needs it, as long as something does."""
    with seen(_scores(request), score_id, if_match, score_tag) as score:
        actions.delete_score(score, author=author(request))
    return Status(204, None)


@router.post(
    "/scores/{score_id}/clone",
    response={201: ScoreOut},
    auth=can("agent:write", "score:write"),
)
def clone_score(request: ApiRequest, response: HttpResponse, score_id: Id) -> Status[ScoreOut]:
    """The score again under `-copy`, with a copy of each agent it plays, in one transaction."""
    clone = actions.clone_score(find(_scores(request), score_id), author=author(request))
    response["Location"] = reverse("api:get_score", args=[clone.id])
    return Status(201, _shown(response, clone))


@router.get("/scores/{score_id}/graph", response=GraphOut, auth=can("score:read"), by_alias=True)
def get_graph(request: ApiRequest, response: HttpResponse, score_id: Id) -> GraphOut:
    """The newest saved graph."""
    score = find(_scores(request).select_related("workspace"), score_id)
    document = actions.read_graph(score)
    response["ETag"] = graph_tag(score)
    return graph_out(document, score.version, check_graph(document, score.workspace, score=score))


@router.put("/scores/{score_id}/graph", response=GraphOut, auth=can("score:write"), by_alias=True)
def save_graph(
    request: ApiRequest, response: HttpResponse, score_id: Id, body: GraphIn, if_match: IfMatch
) -> GraphOut:
    """Replace the whole graph, as the next version: the next run plays it. The same graph makes no version."""
    document = body.document()
    with seen(_scores(request), score_id, if_match, graph_tag) as score:
        saved = actions.save_graph(score, document, author=author(request))
    response["ETag"] = graph_tag(saved.score)
    return graph_out(document.normalised(), saved.score.version, saved.warnings)


@router.get("/scores/{score_id}/versions", response=Page[ScoreVersionOut], auth=can("score:read"))
def list_score_versions(
    request: ApiRequest, score_id: Id, query: Query[PageQuery]
) -> Page[ScoreVersionOut]:
    """Newest first."""
    versions = find(_scores(request), score_id).versions.defer("graph")
    return page(Page[ScoreVersionOut], versions, query, score_version_out, ["-version"])


@router.get(
    "/scores/{score_id}/versions/{version}/graph",
    response=GraphOut,
    auth=can("score:read"),
    by_alias=True,
)
def get_graph_of_version(request: ApiRequest, score_id: Id, version: VersionNumber) -> GraphOut:
    """The graph as that save left it."""
    score = find(_scores(request).select_related("workspace"), score_id)
    document = actions.read_graph(score, version)
    return graph_out(document, version, check_graph(document, score.workspace, score=score))


def _scores(request: ApiRequest) -> WorkspaceQuerySet[Score]:
    return Score.objects.in_workspace(request.auth.workspace)


def _shown(response: HttpResponse, score: Score) -> ScoreOut:
    response["ETag"] = score_tag(score)
    return score_out(score)
