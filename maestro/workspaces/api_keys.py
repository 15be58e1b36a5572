"""API keys: `mk_<8 digits>_<32 digits>`, 160 random bits of which only the hash is kept."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from maestro.cleaning import clean
from maestro.errors import InvalidInput, Misconfigured
from maestro.ids import ALPHABET

from .audit import record
from .models import ApiKey, Workspace

TOKEN = re.compile(r"mk_([0-9A-Za-z]{8})_[0-9A-Za-z]{32}")
SCOPES = (
    "agent:read",
    "agent:write",
    "score:read",
    "score:write",
    "orchestra:read",
    "orchestra:write",
    "run:read",
    "run:write",
    "pipeline:read",
    "pipeline:write",
    "secret:read",
    "secret:write",
    "workspace:write",
)
EXACTNESS_OF_LAST_USE = timedelta(minutes=1)


def make_api_key(
    workspace: Workspace,
    name: str,
    scopes: Iterable[str],
    *,
    author: str,
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """A new key, and its token: the only time that it can be read."""
    token = f"mk_{_digits(8)}_{_digits(32)}"
    return _keep(workspace, name, scopes, token, author, expires_at), token


def import_api_key(workspace: Workspace, token: str, *, author: str) -> ApiKey | None:
    """Take over a key that the deployer made, with every scope; None when it was imported before.

    Raises Misconfigured when it does not look like one.
    """
    form = TOKEN.fullmatch(token)
    if form is None:
        raise Misconfigured("MAESTRO_API_KEY is mk_, 8 letters or digits, _, and 32 more.")
    known = ApiKey.objects.filter(prefix=form[1]).first()
    if known is None:
        return _keep(workspace, "MAESTRO_API_KEY", SCOPES, token, author, None)
    if known.sha256 != _sha256(token):
        raise Misconfigured(f"MAESTRO_API_KEY begins like another key ({known}); make a new one.")
    return None


def find_api_key(token: str) -> ApiKey | None:
    """The key of that token with its workspace, unless it is revoked or over. Notes its use."""
    form = TOKEN.fullmatch(token)
    key = (
        ApiKey.objects.select_related("workspace").filter(prefix=form[1]).first() if form else None
    )
    if key is None or not hmac.compare_digest(key.sha256, _sha256(token)) or not key.is_valid():
        return None
    _note_use(key)
    return key


def revoke_api_key(key: ApiKey, *, author: str) -> None:
    """From its next request on, the key is refused."""
    ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now())
    record(key.workspace, author, "api_key.revoked", key, {"name": key.name})


def _keep(
    workspace: Workspace,
    name: str,
    scopes: Iterable[str],
    token: str,
    author: str,
    expires_at: datetime | None,
) -> ApiKey:
    key = ApiKey(
        workspace=workspace,
        name=name,
        prefix=token.split("_")[1],
        sha256=_sha256(token),
        scopes=_checked(scopes),
        expires_at=expires_at,
    )
    clean(key)
    key.save(force_insert=True)
    record(workspace, author, "api_key.created", key, {"name": name, "scopes": key.scopes})
    return key


def _checked(scopes: Iterable[str]) -> list[str]:
    wanted = list(dict.fromkeys(scopes))
    unknown = [scope for scope in wanted if scope not in SCOPES]
    if unknown or not wanted:
        known = ", ".join(SCOPES)
        raise InvalidInput(f"There is no scope {', '.join(unknown) or '(none)'}; there are {known}")
    return wanted


def _note_use(key: ApiKey) -> None:
    """At most once a minute: a busy key would else write a row per request."""
    now = timezone.now()
    long_ago = Q(last_used_at=None) | Q(last_used_at__lt=now - EXACTNESS_OF_LAST_USE)
    if key.last_used_at is None or key.last_used_at < now - EXACTNESS_OF_LAST_USE:
        ApiKey.objects.filter(long_ago, pk=key.pk).update(last_used_at=now)


def _digits(count: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(count))


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
