"""A workspace and its key on the wire."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from .models import ApiKey


class KeyOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    name: str
    prefix: str
    scopes: list[str]
    expires_at: datetime | None


class WorkspaceOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    slug: str
    default_model: str
    time_zone: str
    monthly_budget_microdollars: int | None
    created_at: datetime
    api_key: KeyOut


def workspace_out(key: ApiKey) -> WorkspaceOut:
    names = WorkspaceOut.model_fields.keys() - {"api_key"}
    fields = {name: getattr(key.workspace, name) for name in names}
    return WorkspaceOut(api_key=KeyOut.model_validate(key), **fields)
