"""Access tokens for Gmail: fetched with the refresh token, kept in this process's memory only.

After developers.google.com/identity/protocols/oauth2/web-server, "Refreshing an access token", and
tools.ietf.org/html/rfc6749 section 5.2 for `invalid_grant` (read November 2026).
"""

import time
from hashlib import sha256
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, ValidationError

from agents.answer import Answer, said_in
from agents.skills.context import Context
from maestro.errors import MissingSecret, ServiceRefused

SLOT = "gmail_oauth"
TOKEN_URI = "https://oauth2.googleapis.com/token"
MARGIN_SECONDS = 60  # a token is not used in its last minute

_kept: dict[str, tuple[str, float]] = {}


class _OAuth(BaseModel):
    """The secret in the slot, where it is JSON."""

    model_config = ConfigDict(hide_input_in_errors=True)

    client_id: str
    client_secret: str
    refresh_token: str
    token_uri: str = TOKEN_URI


class _Granted(BaseModel):
    access_token: str
    expires_in: float = 0


async def access_token(context: Context, *, fresh: bool = False) -> str:
    """A token that is good now; `fresh`: not the one kept, because Gmail refused it.

    MissingSecret when the secret is of another shape; ServiceRefused when Google takes it no more.
    """
    secret = context.secret(SLOT)
    if not secret.lstrip().startswith("{"):
        return secret
    # By the secret itself, so that a rotation is a new entry.
    known = sha256(secret.encode()).hexdigest()
    token, good_until = _kept.get(known, ("", 0.0))
    if fresh or time.monotonic() >= good_until:
        granted = await _refresh(context, _read(secret))
        token, seconds = granted.access_token, granted.expires_in - MARGIN_SECONDS
        _kept[known] = token, time.monotonic() + seconds
    context.conceal(SLOT, token)
    return token


def can_refresh(context: Context) -> bool:
    return context.secret(SLOT).lstrip().startswith("{")


def _read(secret: str) -> _OAuth:
    try:
        return _OAuth.model_validate_json(secret)
    except ValidationError:
        raise MissingSecret(
            f"The secret in the slot {SLOT} is not of the right shape: JSON with client_id, "
            "client_secret and refresh_token, or a bare access token.",
            slot=SLOT,
        ) from None


async def _refresh(context: Context, oauth: _OAuth) -> _Granted:
    form = {
        "client_id": oauth.client_id,
        "client_secret": oauth.client_secret,
        "refresh_token": oauth.refresh_token,
        "grant_type": "refresh_token",
    }
    answer = await context.http.request(
        "POST",
        oauth.token_uri,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        content=urlencode(form).encode(),
        is_write=False,
        accept_status=[400, 401],
    )
    try:
        if answer.status == 200:
            return _Granted.model_validate_json(answer.body)
    except ValidationError:
        pass
    raise ServiceRefused(_why(answer), slot=SLOT, status=answer.status)


def _why(answer: Answer) -> str:
    if b"invalid_grant" in answer.body:
        return (
            f"Google takes the refresh token in the slot {SLOT} no more (invalid_grant): connect "
            "the account again and set the secret anew."
        )
    if answer.status != 200:
        said = said_in(answer.body.decode(errors="replace"))
        return f"Google refused the OAuth client in the slot {SLOT} ({answer.status}): {said}"
    return "Google's token endpoint did not answer as documented."
