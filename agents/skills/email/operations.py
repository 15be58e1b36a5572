"""Sending mail over the deployer's own mail server, or keeping it as files without one."""

from typing import Annotated

from django.conf import settings
from pydantic import AfterValidator, BaseModel, Field

from agents.skills.context import Context
from agents.skills.email import inbox  # noqa: F401  # it declares its operations
from agents.skills.email.kept import keep
from agents.skills.email.manifest import skill
from agents.skills.email.message import Address, Addresses, Header, answered, compose
from agents.skills.email.smtp import Server, deliver
from agents.skills.operation import Effect, Sample
from agents.skills.storable import keepable

__all__ = ["skill"]
NO_SENDER = "maestro@localhost"
MAX_BODY = 1024 * 1024


class SendInput(BaseModel):
    to: Addresses = Field(min_length=1, description="One address, or several with commas.")
    cc: Addresses = Field(default_factory=list)
    sender: Address | None = Field(None, description="Empty: the mail server's own.")
    reply_to: Address | None = None
    subject: Header
    body: Annotated[str, AfterValidator(keepable)] = Field(
        max_length=MAX_BODY, description="Plain text."
    )
    in_reply_to_message_id: Header | None = Field(
        None, description="The Message-ID answered to; empty: the last of message_ids."
    )
    message_ids: list[Header] = Field(default_factory=list, description="Of the thread so far.")


class SendOutput(BaseModel):
    message_id: str
    kept: bool = Field(description="True: not sent, but kept in `file` for you to read.")
    file: str | None = None


def keeps() -> bool:
    """A kept file is written once per key however often one tries; a mail server takes each."""
    return not settings.MAESTRO_SMTP_URL


@skill.operation(
    effect=Effect.WRITE,
    idempotent=keeps,
    retryable=True,  # what it reports as an error was certainly not sent, or is outcome_unknown
    mails=True,
    timeout_seconds=120,
    sample=Sample({"message_id": "<sample@localhost>", "kept": False}),
)
def send_email(input: SendInput, context: Context) -> SendOutput:
    """Send a plain-text mail, or answer in a thread."""
    server = Server.deployed()
    mail = compose(
        sender=input.sender or (server and server.sender) or NO_SENDER,
        to=input.to,
        cc=input.cc,
        reply_to=input.reply_to,
        subject=input.subject,
        body=input.body,
        key=context.idempotency_key,
        answers=answered(input.message_ids, input.in_reply_to_message_id),
    )
    if server is None:
        path = keep(mail, settings.MAIL_DIR, context.idempotency_key)
        return SendOutput(message_id=mail["Message-ID"], kept=True, file=path.name)
    deliver(mail, input.to + input.cc, server)
    return SendOutput(message_id=mail["Message-ID"], kept=False)
