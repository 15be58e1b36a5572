"""Orchestras on the wire."""

from datetime import datetime

from pydantic import BaseModel, Field

from maestro.rest.etags import content_tag
from maestro.rest.shapes import JSON, Body, Id, Name, VersionNumber
from orchestras.models import Misfire, Orchestra, OrchestraStatus, Overlap

# These move by themselves: a change must not be refused because a run began meanwhile.
MOVES_BY_ITSELF = {"status", "last_fire_at", "next_fire_at"}
MAX_MICRODOLLARS = 10**15


class OrchestraIn(Body):
    """A whole orchestra; `bindings` name a secret of the vault for each slot."""

    name: Name
    tag: str = Field("", max_length=40)
    description: str = ""
    score_id: Id
    score_version: VersionNumber | None = Field(None, description="null: always the newest.")
    cron: str = Field("", max_length=120, description="Five fields; empty: no schedule.")
    time_zone: str = Field("", max_length=64, description="Empty: the workspace's.")
    enabled: bool = False
    overlap: Overlap = Field(Overlap.SKIP, strict=False)
    misfire: Misfire = Field(Misfire.ONCE, strict=False)
    input: JSON = {}
    budget_microdollars: int | None = Field(
        None, ge=0, le=MAX_MICRODOLLARS, description="For all its runs in a month; null: no limit."
    )
    run_budget_microdollars: int | None = Field(
        None, ge=0, le=MAX_MICRODOLLARS, description="For each of its runs; null: no limit."
    )
    bindings: dict[str, str] = {}


class OrchestraPatch(OrchestraIn):
    """What is left out stays."""

    name: Name = ""
    score_id: Id = ""


class OrchestraOut(BaseModel):
    id: str
    name: str
    tag: str
    description: str
    score_id: str
    score_version: int | None
    cron: str
    time_zone: str
    enabled: bool
    overlap: Overlap
    misfire: Misfire
    input: JSON
    budget_microdollars: int | None
    run_budget_microdollars: int | None
    bindings: dict[str, str]
    status: OrchestraStatus
    last_fire_at: datetime | None
    next_fire_at: datetime | None


class FiresOut(BaseModel):
    """When it would fire next, were it enabled; empty without a schedule."""

    items: list[datetime]


def orchestra_out(orchestra: Orchestra) -> OrchestraOut:
    """Of a row that was asked for `with_status`."""
    names = OrchestraOut.model_fields.keys() - {"bindings"}
    return OrchestraOut(
        bindings={binding.slot: binding.secret.name for binding in orchestra.bindings.all()},
        **{name: getattr(orchestra, name) for name in names},
    )


def orchestra_tag(orchestra: Orchestra) -> str:
    return content_tag(orchestra_out(orchestra), without=MOVES_BY_ITSELF)
