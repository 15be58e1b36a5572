"""From a node's fields to a mail whose headers nobody can add to."""

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from hashlib import sha256
from typing import Annotated

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

MAX_RECIPIENTS = 50


def _address(text: str) -> str:
    try:
        validate_email(text)
        text.encode("ascii")
    except (ValidationError, UnicodeEncodeError):
        raise ValueError("is not an email address in ASCII") from None
    return text


def _one_line(text: str) -> str:
    if not text.isprintable():
        raise ValueError("must be one line without control characters")
    return text


def _listed(value: object) -> object:
    """One address, several with commas between, or a list of such."""
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        return value
    return [part.strip() for text in texts for part in text.split(",")]


Address = Annotated[str, AfterValidator(_address)]
Addresses = Annotated[list[Address], BeforeValidator(_listed), Field(max_length=MAX_RECIPIENTS)]
Header = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=300), AfterValidator(_one_line)
]


def compose(
    *,
    sender: str,
    to: list[str],
    cc: list[str],
    reply_to: str | None,
    subject: str,
    body: str,
    key: str,
    answers: list[str],
) -> EmailMessage:
    """A mail whose Message-ID follows from `key` and `sender` alone.

    `answers` are Message-IDs of the thread it replies to, the newest last.
    """
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = ", ".join(to)
    if cc:
        mail["Cc"] = ", ".join(cc)
    if reply_to:
        mail["Reply-To"] = reply_to
    mail["Subject"] = subject
    mail["Date"] = formatdate()
    mail["Message-ID"] = message_id(key, sender)
    name_thread(mail, answers)
    mail.set_content(body, cte="quoted-printable")  # fits every mail server, however long a line
    return mail


def answered(known: list[str], reply: str | None) -> list[str]:
    """The Message-IDs of a thread with the one that is replied to at the end."""
    return [*(one for one in known if one != reply), reply] if reply else known


def name_thread(mail: EmailMessage, answers: list[str]) -> None:
    """RFC 5322 section 3.6.4: the one that is answered, and all before it."""
    if answers:
        mail["In-Reply-To"] = answers[-1]
        mail["References"] = " ".join(answers)


def message_id(key: str, sender: str) -> str:
    return f"<{sha256(key.encode()).hexdigest()[:32]}@{sender.rpartition('@')[2]}>"
