"""Asking the Gmail API on behalf of the account behind the secret."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel

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
SECRET = Slot(SLOT, (*GMAIL.secret.hosts, "oauth2.googleapis.com"), GMAIL.setting)


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
