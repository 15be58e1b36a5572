"""A limit on a skill, on the wire."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from agents.models import SkillLimit
from maestro.rest.etags import content_tag
from maestro.rest.shapes import Body

Number = Annotated[int, Field(ge=1, le=1_000_000)]


class SkillLimitIn(Body):
    """`name`: a skill (`gmail`: all its operations together) or an operation (`gmail.send_email`)."""

    name: Annotated[str, Field(min_length=1, max_length=161)]
    concurrency: Number | None = None
    per_minute: Number | None = None


class SkillLimitOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    concurrency: int | None
    per_minute: int | None
    created_at: datetime


def limit_out(limit: SkillLimit) -> SkillLimitOut:
    return SkillLimitOut.model_validate(limit)


def limit_tag(limit: SkillLimit) -> str:
    return content_tag(limit_out(limit))
