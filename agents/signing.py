"""How the receiver of a webhook knows that it is from us, unchanged and not an old one again.

The scheme is that of Standard Webhooks (https://github.com/standard-webhooks/standard-webhooks,
spec/standard-webhooks.md): HMAC-SHA256 over `id.timestamp.body`, in base64, behind `v1,`.
"""

import base64
import binascii
import hashlib
import hmac
import time

PREFIX = "whsec_"  # before a secret in base64, as that scheme writes it


def message_id(key: str) -> str:
    """The same for every attempt of one call, so that the receiver can tell a repeat."""
    return f"msg_{hashlib.sha256(key.encode()).hexdigest()[:32]}"


def webhook_headers(key: str, body: bytes, secret: str = "") -> dict[str, str]:
    """Id and time, and with a secret the signature."""
    headers = {"webhook-id": message_id(key), "webhook-timestamp": str(int(time.time()))}
    if secret:
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        digest = hmac.new(_key(secret), signed, hashlib.sha256).digest()
        headers["webhook-signature"] = f"v1,{base64.b64encode(digest).decode()}"
    return headers


def _key(secret: str) -> bytes:
    if secret.startswith(PREFIX):
        try:
            return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
        except binascii.Error:
            pass
    return secret.encode()
