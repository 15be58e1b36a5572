"""Asking the Gmail API on behalf of the account behind the secret."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, Field

from agents.skills.context import Context
from agents.skills.service import Service
from agents.skills.slot import Slot
from maestro.errors import ServiceRefused

from .token import SLOT, access_token, can_refresh

if TYPE_CHECKING:
    from agents.egress import Query

Model = TypeVar("Model", bound=BaseModel)

GMAIL = Service(
    name="Gmail", slot=SLOT, url="https://gmail.googleapis.com", setting="GMAIL_API_URL"
)


class _Profile(BaseModel):
    email: str = Field(alias="emailAddress")


async def probe(context: Context, slot: str) -> str:
    """Whose mailbox it opens, with a token fetched for it, so that the consent itself is asked about."""
    if can_refresh(context):
        await access_token(context, fresh=True)
    profile = await ask(context, "GET", "/profile", _Profile)
    return f"It opens the mailbox of {profile.email}."


HOSTS = (*GMAIL.secret.hosts, "oauth2.googleapis.com")
SECRET = Slot(SLOT, HOSTS, GMAIL.setting, probe=probe)


async def ask(
    context: Context,
    method: str,
    path: str,
    answer: type[Model],
    *,
    query: Query | None = None,
    json: Any = None,  # noqa: ANN401
    is_write: bool = False,
) -> Model:
    """Ask below `/gmail/v1/users/me`; a token that Gmail refuses is fetched anew, once."""

    async def with_token(*, fresh: bool) -> Model:
        token = await access_token(context, fresh=fresh)
        return await GMAIL.ask(
            context,
            method,
            f"/gmail/v1/users/me{path}",
            answer,
            headers={"Authorization": f"Bearer {token}"},
            query=query,
            json=json,
            is_write=is_write,
        )

    try:
        return await with_token(fresh=False)
    except ServiceRefused as refusal:
        if refusal.details.get("status") != 401 or not can_refresh(context):
            raise
    return await with_token(fresh=True)
