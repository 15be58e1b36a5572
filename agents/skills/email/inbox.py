"""Reading and labelling a mailbox over IMAP, in the shape that `gmail` has.

A thread is the mails that name its first one's Message-ID; a label is an IMAP keyword.
"""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from email.utils import parsedate_to_datetime
from typing import Annotated, Any

from imap_tools import AND, OR, BaseMailBox, Header, MailMessage
from pydantic import BaseModel, Field, StringConstraints

from agents.skills.choices import Choices, offering
from agents.skills.context import Context
from agents.skills.email.imap import Account, open_mailbox, store
from agents.skills.email.manifest import skill
from agents.skills.email.text import own_text
from agents.skills.email.thread import (
    LabelOutput,
    ListOutput,
    ReadOutput,
    Summary,
    one_line,
)
from agents.skills.gmail import samples
from agents.skills.operation import Effect, Sample
from maestro.errors import InvalidNodeInput, ServiceRefused

MAX_TEXT = 100_000
LONGEST_THREAD = 100
LOOKED_THROUGH = 1_000  # mails, for the threads they belong to
THREADING = ("references", "in-reply-to", "message-id")
MESSAGE_ID = re.compile(r"<([^<>\s]+)>")

Slot = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,80}$")]
Folder = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Keyword = Annotated[str, Field(pattern=r"^[!#$&\'+,./0-9:;<=>?@A-Z\[^_`a-z|}~-]{1,100}$")]
ThreadId = Annotated[str, Field(pattern=r"^[^<>\s\"\\]+$", max_length=500)]


class MailboxInput(BaseModel):
    account: Slot = Field(
        description="The vault's name of the mailbox; only params may say it.",
        json_schema_extra=offering(Choices.SECRETS),
    )
    folder: Folder = "INBOX"


async def probe(context: Context, slot: str) -> str:
    """Signs in and leaves again. The thread is not waited for longer than the probe is."""
    pool = ThreadPoolExecutor(1)
    try:
        return await asyncio.get_running_loop().run_in_executor(pool, _sign_in, context, slot)
    finally:
        pool.shutdown(wait=False)


def _sign_in(context: Context, slot: str) -> str:
    account = Account.read(context.secret(slot), slot)
    with open_mailbox(account, "INBOX", context.http.policy):
        return f"It opens the mailbox of {account.user}."


class ListInput(MailboxInput):
    unread: bool = Field(True, description="Only threads with a mail that nobody has read.")
    without_label: Keyword | None = Field(None, description="Leave out mails that carry it.")
    limit: int = Field(50, ge=1, le=500)


@skill.operation(
    effect=Effect.READ,
    names_secret="account",
    probe=probe,
    timeout_seconds=120,
    sample=Sample(samples.inbox({}), vary=samples.inbox),
)
def list_inbox(input: ListInput, context: Context) -> ListOutput:
    """The threads of a folder, the newest first."""
    wanted: dict[str, Any] = {"seen": False} if input.unread else {}
    wanted |= {"no_keyword": input.without_label} if input.without_label else {}
    threads: dict[str, Summary] = {}
    with _opened(input, context) as mailbox:
        mails = mailbox.fetch(
            AND(**wanted) if wanted else "ALL",
            headers_only=True,
            mark_seen=False,
            reverse=True,
            bulk=50,
            limit=LOOKED_THROUGH,
        )
        for mail in mails:
            if root := _root(mail):
                threads.setdefault(root, Summary(thread_id=root, snippet=mail.subject[:200]))
            if len(threads) == input.limit:
                break
    return ListOutput(threads=list(threads.values()))


class ReadInput(MailboxInput):
    thread_id: ThreadId


@skill.operation(
    effect=Effect.READ,
    names_secret="account",
    probe=probe,
    timeout_seconds=120,
    sample=Sample(samples.THREADS[0], vary=samples.thread),
)
def read_thread(input: ReadInput, context: Context) -> ReadOutput:
    """The newest message of a thread that is not our own, with its text; it stays unread."""
    account = _account(input, context)
    with _opened(input, context) as mailbox:
        mails = sorted(_thread(mailbox, input.thread_id), key=lambda mail: mail.date.timestamp())
    received = [mail for mail in mails if mail.from_.lower() != account.user.lower()]
    if not received:
        message = f"The thread {input.thread_id} holds no message from anybody else"
        raise InvalidNodeInput(message)
    return _shown(input.thread_id, received[-1], mails)


class LabelInput(MailboxInput):
    thread_id: ThreadId
    label: Keyword = Field(description="Like Maestro/interested: a keyword of IMAP.")
    also: list[Keyword] = Field(default_factory=list, description="More labels to put on.")
    remove: list[Keyword] = Field(default_factory=list, description="Labels to take off.")


@skill.operation(
    effect=Effect.WRITE,
    names_secret="account",
    probe=probe,
    idempotent=True,  # a label that is there already stays as it is
    retryable=True,
    timeout_seconds=120,
    sample=Sample(samples.labelled({}), vary=samples.labelled),
)
def label_thread(input: LabelInput, context: Context) -> LabelOutput:
    """Put labels on all mails of a thread in the folder, and take others off."""
    wanted = [*dict.fromkeys([input.label, *input.also])]
    with _opened(input, context) as mailbox:
        mails = _thread(mailbox, input.thread_id)
        uids = [mail.uid for mail in mails if mail.uid]
        if not uids:
            raise InvalidNodeInput(f"The folder {input.folder} has no thread {input.thread_id}")
        store(mailbox, uids, "+FLAGS", wanted)
        if input.remove:
            store(mailbox, uids, "-FLAGS", input.remove)
        kept = {flag for mail in _thread(mailbox, input.thread_id) for flag in mail.flags}
    if missing := [label for label in wanted if label not in kept]:
        raise ServiceRefused(f"The mail server keeps no label {missing[0]}")
    return LabelOutput(thread_id=input.thread_id, labels=wanted)


def _account(input: MailboxInput, context: Context) -> Account:
    return Account.read(context.secret(input.account), input.account)


def _opened(input: MailboxInput, context: Context) -> AbstractContextManager[BaseMailBox]:
    return open_mailbox(_account(input, context), input.folder, context.http.policy)


def _thread(mailbox: BaseMailBox, root: str) -> list[MailMessage]:
    """All mails of the folder that are the root or name it, and none whose ids merely hold its text."""
    named = OR(
        OR(header=[Header("Message-ID", root), Header("References", root)]),
        header=Header("In-Reply-To", root),
    )
    found = mailbox.fetch(named, mark_seen=False, bulk=20, limit=LONGEST_THREAD)
    return [mail for mail in found if any(root in _ids(mail, header) for header in THREADING)]


def _root(mail: MailMessage) -> str | None:
    """The Message-ID of the mail that began the thread."""
    for header in THREADING:
        if found := _ids(mail, header):
            return found[0]
    return None


def _ids(mail: MailMessage, header: str) -> list[str]:
    lines: tuple[str, ...] = dict(mail.headers).get(header, ())
    return MESSAGE_ID.findall(" ".join(lines))


def _shown(thread_id: str, mail: MailMessage, thread: list[MailMessage]) -> ReadOutput:
    sender = mail.from_values
    return ReadOutput(
        thread_id=thread_id,
        message_id=mail.uid or "",
        from_email=mail.from_.lower(),
        from_name=one_line(sender.name) if sender else "",
        to=[address.lower() for address in mail.to],
        subject=one_line(mail.subject),
        date=_date(mail),
        text=own_text(mail.obj).replace("\r\n", "\n")[:MAX_TEXT].replace("\x00", ""),
        labels=[flag for flag in mail.flags if not flag.startswith("\\")],
        message_ids=[f"<{one}>" for each in thread for one in _ids(each, "message-id")[:1]],
    )


def _date(mail: MailMessage) -> str | None:
    try:
        return parsedate_to_datetime(mail.date_str).isoformat()
    except ValueError:
        return None
