"""An outgoing mail as the Gmail API takes it."""

import base64
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256
from typing import Any

from agents.skills.email.message import name_thread

KEY_HEADER = "X-Maestro-Key"  # Gmail writes a Message-ID of its own over ours


def mark_of(key: str) -> str:
    """What tells the mail of this idempotency key from all others."""
    return sha256(key.encode()).hexdigest()[:32]


def raw_mail(
    *, to: list[str], cc: list[str], subject: str, body: str, key: str, answers: list[str]
) -> str:
    """base64url of the whole mail, made of `key` and the content alone.

    `answers` are Message-IDs of the thread it replies to, the newest last. Gmail fills in who
    it is from and when.
    """
    mail = EmailMessage(policy=SMTP)
    mail["To"] = ", ".join(to)
    if cc:
        mail["Cc"] = ", ".join(cc)
    mail["Subject"] = subject
    mail["Message-ID"] = f"<{mark_of(key)}@maestro.mail>"
    mail[KEY_HEADER] = mark_of(key)
    name_thread(mail, answers)
    mail.set_content(body, cte="quoted-printable")
    return base64.urlsafe_b64encode(mail.as_bytes()).decode()


def request_body(raw: str, thread_id: str | None) -> dict[str, Any]:
    """`users.messages.send`; a reply joins its thread by threadId, References and an equal subject
    (Gmail's conditions, all three)."""
    return {"raw": raw} | ({"threadId": thread_id} if thread_id else {})
