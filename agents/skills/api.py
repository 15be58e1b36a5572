"""The skills that are installed, over REST."""

from ninja import Query, Router

from agents.skills.mcp.offered import skills_in
from agents.skills.schemas import SkillFilters, SkillOut, skill_out
from maestro.rest.paging import Page
from maestro.workspaces.bearer import ApiRequest, can

router = Router(tags=["Skills"])


@router.get("/skills", response=Page[SkillOut], auth=can())
def list_skills(request: ApiRequest, query: Query[SkillFilters]) -> Page[SkillOut]:
    """What deterministic nodes can call and agents can be allowed, with schemas; all on one page."""
    found = [one for one in skills_in(request.auth.workspace) if query.name in (None, one.name)]
    return Page[SkillOut](items=[skill_out(skill) for skill in found], next_cursor=None)
