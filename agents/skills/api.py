"""The skills that are installed, over REST."""

from django.http import HttpRequest
from ninja import Router

from agents.skills.registry import skills
from agents.skills.schemas import SkillOut, skill_out
from maestro.rest.paging import Page
from maestro.workspaces.bearer import can

router = Router(tags=["Skills"])


@router.get("/skills", response=Page[SkillOut], auth=can())
def list_skills(request: HttpRequest) -> Page[SkillOut]:
    """What deterministic nodes can call and agents can be allowed, with schemas; all on one page."""
    return Page[SkillOut](items=[skill_out(skill) for skill in skills()], next_cursor=None)
