"""A score's versions over REST: what changed between two of them, and one of them again."""

from django.http import HttpResponse
from ninja import Query, Router

from maestro.rest.etags import seen
from maestro.rest.shapes import Id, IfMatch, VersionNumber, find
from maestro.workspaces.bearer import ApiRequest, author, can
from scores.actions import read_graph, restore_graph
from scores.models import Score
from scores.schemas import GraphOut, graph_out, graph_tag

from .comparison import compare_graphs
from .schemas import ComparedVersions, GraphComparisonOut, graph_comparison_out

router = Router(tags=["Scores"])


@router.get("/scores/{score_id}/comparison", response=GraphComparisonOut, auth=can("score:read"))
def compare_score_versions(
    request: ApiRequest, score_id: Id, query: Query[ComparedVersions]
) -> GraphComparisonOut:
    """What changed from one version to another: nodes by key, edges by their ends."""
    score = find(Score.objects.in_workspace(request.auth.workspace), score_id)
    before, after = (read_graph(score, version) for version in (query.before, query.after))
    return graph_comparison_out(compare_graphs(before, after))


@router.post(
    "/scores/{score_id}/versions/{version}/restore",
    response=GraphOut,
    auth=can("score:write"),
    by_alias=True,
)
def restore_score_version(
    request: ApiRequest,
    response: HttpResponse,
    score_id: Id,
    version: VersionNumber,
    if_match: IfMatch,
) -> GraphOut:
    """The graph as that save left it, as the next version; `If-Match` takes the graph's tag."""
    rows = Score.objects.in_workspace(request.auth.workspace)
    with seen(rows, score_id, if_match, graph_tag) as score:
        saved = restore_graph(score, version, author=author(request))
    response["ETag"] = graph_tag(saved.score)
    return graph_out(read_graph(saved.score), saved.score.version, saved.warnings)
