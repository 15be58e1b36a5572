"""What an editor of scores needs between two saves, over REST: a draft, what is wrong with it, a condition tried."""

from django.http import HttpRequest, HttpResponse
from ninja import Router, Status

from agents.conditions import compile_condition
from maestro.errors import InvalidInput, NodeError
from maestro.rest.etags import seen
from maestro.rest.shapes import Id, IfMatch, find
from maestro.workspaces.bearer import ApiRequest, author, can
from maestro.workspaces.models import WorkspaceQuerySet
from scores import actions
from scores.models import Score
from scores.schemas import GraphIn
from scores.validation import check_graph

from .schemas import (
    CheckOut,
    ConditionIn,
    ConditionOut,
    DraftIn,
    DraftOut,
    draft_out,
    draft_tag,
    issues_out,
)

router = Router(tags=["Drafts"])


@router.get("/scores/{score_id}/draft", response=DraftOut, auth=can("score:read"), by_alias=True)
def get_draft(request: ApiRequest, response: HttpResponse, score_id: Id) -> DraftOut:
    """What is being worked on, with all that is wrong with it; the newest saved graph where nobody is."""
    score = find(_scores(request), score_id)
    return _shown(response, score, actions.read_draft(score))


@router.put("/scores/{score_id}/draft", response=DraftOut, auth=can("score:write"), by_alias=True)
def keep_draft(
    request: ApiRequest, response: HttpResponse, score_id: Id, body: DraftIn, if_match: IfMatch
) -> DraftOut:
    """Keep a graph between two saves, mistakes included. It makes no version, and nothing runs it by itself."""
    with seen(_scores(request), score_id, if_match, _tag) as score:
        draft = actions.keep_draft(
            score, body.document(), base_version=body.base_version, author=author(request)
        )
    return _shown(response, score, draft)


@router.delete("/scores/{score_id}/draft", response={204: None}, auth=can("score:write"))
def drop_draft(request: ApiRequest, score_id: Id, if_match: IfMatch) -> Status[None]:
    """Go back to the newest saved graph."""
    with seen(_scores(request), score_id, if_match, _tag) as score:
        actions.drop_draft(score)
    return Status(204, None)


@router.post("/scores/{score_id}/graph/check", response=CheckOut, auth=can("score:read"))
def check_graph_of_score(request: ApiRequest, score_id: Id, body: GraphIn) -> CheckOut:
    """What is wrong with a graph, by node and edge and how to mend it; nothing is saved."""
    score = find(_scores(request), score_id)
    return CheckOut(issues=issues_out(check_graph(body.document(), score.workspace, score=score)))


@router.post("/conditions", response=ConditionOut, auth=can("score:read"))
def try_condition(request: HttpRequest, body: ConditionIn) -> ConditionOut:
    """Whether a branch's condition holds of an input."""
    try:
        verdict = compile_condition(body.when).holds(body.input)
    except (InvalidInput, NodeError) as refusal:
        return ConditionOut(holds=None, message=refusal.message)
    return ConditionOut(holds=verdict.holds, missing=verdict.missing)


def _scores(request: ApiRequest) -> WorkspaceQuerySet[Score]:
    return Score.objects.in_workspace(request.auth.workspace).select_related("workspace")


def _tag(score: Score) -> str:
    return draft_tag(actions.read_draft(score))


def _shown(response: HttpResponse, score: Score, draft: actions.Draft) -> DraftOut:
    response["ETag"] = draft_tag(draft)
    return draft_out(draft, check_graph(draft.document, score.workspace, score=score))
