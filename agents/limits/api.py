"""Limits of skills over REST."""

from django.http import HttpResponse
from django.urls import reverse
from ninja import Query, Router, Status

from agents.models import SkillLimit
from maestro.rest.etags import seen
from maestro.rest.paging import Page, PageQuery, page
from maestro.rest.shapes import Id, IfMatch, find
from maestro.workspaces.bearer import ApiRequest, author, can
from maestro.workspaces.models import WorkspaceQuerySet

from .actions import drop_limit, save_limit
from .schemas import SkillLimitIn, SkillLimitOut, limit_out, limit_tag

router = Router(tags=["Skills"])


@router.get("/skill-limits", response=Page[SkillLimitOut], auth=can("orchestra:read"))
def list_skill_limits(request: ApiRequest, query: Query[PageQuery]) -> Page[SkillLimitOut]:
    """What the workspace has set, newest first; what skills say of themselves is at `/skills`."""
    return page(Page[SkillLimitOut], _limits(request), query, limit_out)


@router.post("/skill-limits", response={201: SkillLimitOut}, auth=can("orchestra:write"))
def create_skill_limit(
    request: ApiRequest, response: HttpResponse, body: SkillLimitIn
) -> Status[SkillLimitOut]:
    """One per skill or operation; the tighter of it and the skill's own counts."""
    limit = SkillLimit(workspace=request.auth.workspace, **body.model_dump())
    saved = save_limit(limit, author=author(request))
    response["Location"] = reverse("api:get_skill_limit", args=[saved.id])
    return Status(201, _shown(response, saved))


@router.get("/skill-limits/{limit_id}", response=SkillLimitOut, auth=can("orchestra:read"))
def get_skill_limit(request: ApiRequest, response: HttpResponse, limit_id: Id) -> SkillLimitOut:
    return _shown(response, find(_limits(request), limit_id))


@router.put("/skill-limits/{limit_id}", response=SkillLimitOut, auth=can("orchestra:write"))
def replace_skill_limit(
    request: ApiRequest, response: HttpResponse, limit_id: Id, body: SkillLimitIn, if_match: IfMatch
) -> SkillLimitOut:
    """Counts at once, also for runs under way."""
    with seen(_limits(request), limit_id, if_match, limit_tag) as limit:
        for name, value in body.model_dump().items():
            setattr(limit, name, value)
        save_limit(limit, author=author(request))
    return _shown(response, limit)


@router.delete("/skill-limits/{limit_id}", response={204: None}, auth=can("orchestra:write"))
def delete_skill_limit(request: ApiRequest, limit_id: Id, if_match: IfMatch) -> Status[None]:
    with seen(_limits(request), limit_id, if_match, limit_tag) as limit:
        drop_limit(limit, author=author(request))
    return Status(204, None)


def _limits(request: ApiRequest) -> "WorkspaceQuerySet[SkillLimit]":
    return SkillLimit.objects.in_workspace(request.auth.workspace)


def _shown(response: HttpResponse, limit: SkillLimit) -> SkillLimitOut:
    response["ETag"] = limit_tag(limit)
    return limit_out(limit)
