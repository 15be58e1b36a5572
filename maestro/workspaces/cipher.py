"""The vault's lock: AES-256-GCM under the first of its keys, opened by any of them.

While a key is being changed there are two: the new one in front, which seals, and the old one.
"""

import secrets
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import connection

from maestro.errors import Misconfigured
from maestro.keys import fresh_vault_keys, keys_in

NONCE_BYTES = 12
# Held alone while a key is changed, together by all who seal: nothing is sealed by a key that goes.
SHARED_LOCK = "SELECT pg_advisory_xact_lock_shared(hashtext('maestro.vault'))"
LOCK = "SELECT pg_advisory_xact_lock(hashtext('maestro.vault'))"


@dataclass(frozen=True)
class Sealed:
    nonce: bytes
    ciphertext: bytes


def seal(text: str, bound: bytes) -> Sealed:
    """Encrypted for who knows `bound`; inside a transaction. Misconfigured without a key."""
    with connection.cursor() as cursor:
        cursor.execute(SHARED_LOCK)
    fresh_vault_keys()
    return seal_with_first(text, bound)


def seal_with_first(text: str, bound: bytes) -> Sealed:
    """The same for who holds the lock."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return Sealed(nonce, _ciphers()[0].encrypt(nonce, text.encode(), bound))


def unseal(sealed: Sealed, bound: bytes) -> str | None:
    """The text; None when none of the keys opens it. Misconfigured without a key."""
    opened = _opened(sealed, bound)
    if opened is None and fresh_vault_keys():  # changed since this process began
        opened = _opened(sealed, bound)
    return opened


def _opened(sealed: Sealed, bound: bytes) -> str | None:
    for cipher in _ciphers():
        try:
            return cipher.decrypt(sealed.nonce, sealed.ciphertext, bound).decode()
        except InvalidTag:
            continue
    return None


def _ciphers() -> list[AESGCM]:
    keys = keys_in(settings.MAESTRO_SECRET_KEY)
    if not keys:
        raise Misconfigured(
            "The vault has no key: MAESTRO_SECRET_KEY must be base64 of 32 bytes. "
            "`manage.py up` makes one; `openssl rand -base64 32` prints one."
        )
    return [AESGCM(key) for key in keys]
