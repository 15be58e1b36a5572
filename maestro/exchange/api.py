"""Export and import over REST."""

from ninja import Router

from maestro.rest.shapes import JSON, Id, find
from maestro.workspaces.bearer import ApiRequest, author, can
from scores.models import Score

from .export import export_score as export
from .schemas import ImportIn, ImportOut, import_out
from .taking import import_document as take

router = Router(tags=["Export and import"])

READS = can("score:read", "agent:read", "orchestra:read")
WRITES = can("score:write", "agent:write", "orchestra:write")


@router.get("/scores/{score_id}/export", response=dict, auth=READS)
def export_score(request: ApiRequest, score_id: Id) -> JSON:
    """The score with its agents, the scores it holds and its orchestras, as one document: by slug, without secrets."""
    score = find(Score.objects.in_workspace(request.auth.workspace), score_id)
    return export(score).content()


@router.post("/imports", response=ImportOut, auth=WRITES)
def import_document(request: ApiRequest, body: ImportIn) -> ImportOut:
    """Make what the document names, or save it as the document says, all or nothing.

    Nothing is deleted. New orchestras are switched off and have no secrets.
    """
    imported = take(
        request.auth.workspace,
        body.document,
        author=author(request),
        dry_run=body.dry_run,
        seal=body.seal,
    )
    return import_out(imported, dry_run=body.dry_run)
