"""A workspace and its key on the wire."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from maestro.rest.shapes import Body, Name

from .bearer import Caller
from .hosts import MAX_REACH

MAX_MICRODOLLARS = 10**15


class KeyOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    name: str
    prefix: str
    scopes: list[str]
    expires_at: datetime | None


class WorkspacePatch(Body):
    """What is left out stays."""

    name: Name = ""
    default_model: str = Field("", min_length=1, max_length=120)
    messages_api_url: str = Field(
        "",
        max_length=500,
        description="A server of the workspace's own that speaks the Messages API.",
    )
    monthly_budget_microdollars: int | None = Field(
        None, ge=0, le=MAX_MICRODOLLARS, description="For all runs in a month; null: no limit."
    )
    egress_hosts: list[str] = Field(
        [],
        max_length=MAX_REACH,
        description="Hosts that its skills may reach, `*.example.com` for all below one; empty: any.",
    )


class WorkspaceOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    slug: str
    default_model: str
    messages_api_url: str
    time_zone: str
    monthly_budget_microdollars: int | None
    egress_hosts: list[str]
    created_at: datetime
    api_key: KeyOut | None


def workspace_out(caller: Caller) -> WorkspaceOut:
    names = WorkspaceOut.model_fields.keys() - {"api_key"}
    fields = {name: getattr(caller.workspace, name) for name in names}
    return WorkspaceOut(api_key=KeyOut.model_validate(caller.key) if caller.key else None, **fields)
