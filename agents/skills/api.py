"""The skills that are installed, over REST."""

from ninja import Router

from agents.skills.mcp.offered import skills_in
from agents.skills.schemas import SkillOut, skill_out
from maestro.rest.paging import Page
from maestro.workspaces.bearer import ApiRequest, can

router = Router(tags=["Skills"])


@router.get("/skills", response=Page[SkillOut], auth=can())
def list_skills(request: ApiRequest) -> Page[SkillOut]:
    """What deterministic nodes can call and agents can be allowed, with schemas; all on one page."""
    found = skills_in(request.auth.workspace)
    return Page[SkillOut](items=[skill_out(skill) for skill in found], next_cursor=None)
