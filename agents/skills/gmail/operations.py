"""The skill `gmail`: reads, answers and labels the mail of one Google account."""

from email.utils import getaddresses, parsedate_to_datetime
from html import unescape
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from agents.skills.context import Context
from agents.skills.email.message import Addresses, Header, answered
from agents.skills.email.thread import (
    LabelOutput,
    ListOutput,
    ReadOutput,
    Summary,
    one_line,
)
from agents.skills.gmail import samples
from agents.skills.gmail.labels import label_ids
from agents.skills.gmail.mail import KEY_HEADER, mark_of, raw_mail, request_body
from agents.skills.gmail.service import SECRET, ask
from agents.skills.gmail.wire import Listed, Message, MessagePage, Sent, Thread, ThreadPage
from agents.skills.guarantee import LookUp
from agents.skills.manifest import Skill
from agents.skills.operation import Effect, Sample
from agents.skills.storable import keepable
from maestro.errors import InvalidNodeInput, OutcomeUnknown

skill = Skill(
    name="gmail",
    version="1.0.0",
    description="Read, send and label mail of a Google account.",
    icon="mail",
    secrets=(SECRET,),
)
PAGE = 100
MAX_TEXT = 100_000
LOOKED_THROUGH = 20  # sent mails, to find one whose answer was lost
MAX_BODY = 1024 * 1024
THREAD_ID = r"^[A-Za-z0-9_-]+$"  # goes into a path

ThreadId = Annotated[str, Field(pattern=THREAD_ID, max_length=100)]
LabelName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=225)]


class ListInput(BaseModel):
    query: str = Field("in:inbox is:unread", description="As in Gmail's own search.")
    limit: int = Field(50, ge=1, le=500)


@skill.operation(
    effect=Effect.READ, sample=Sample(samples.inbox({}), vary=samples.inbox), timeout_seconds=60
)
async def list_inbox(input: ListInput, context: Context) -> ListOutput:
    """The threads that fit a search, the newest first."""
    found: list[Listed] = []
    token: str | None = None
    while len(found) < input.limit:
        query = {"q": input.query, "maxResults": min(PAGE, input.limit - len(found))}
        page = await ask(
            context,
            "GET",
            "/threads",
            ThreadPage,
            query=query | ({"pageToken": token} if token else {}),
        )
        found += page.threads
        token = page.nextPageToken
        if not token:
            break
    return ListOutput(
        threads=[
            Summary(thread_id=listed.id, snippet=unescape(listed.snippet))
            for listed in found[: input.limit]
        ]
    )


class ReadInput(BaseModel):
    thread_id: ThreadId


@skill.operation(
    effect=Effect.READ,
    sample=Sample(samples.THREADS[0], vary=samples.thread),
    timeout_seconds=60,
)
async def read_thread(input: ReadInput, context: Context) -> ReadOutput:
    """The newest message of a thread that is not our own, with its text decoded."""
    thread = await ask(
        context, "GET", f"/threads/{input.thread_id}", Thread, query={"format": "full"}
    )
    received = [message for message in thread.messages if not message.is_own]
    if not received:
        raise InvalidNodeInput(f"The thread {thread.id} holds no message from anybody else")
    return _shown(thread, received[-1])


class SendInput(BaseModel):
    to: Addresses = Field(min_length=1, description="One address, or several with commas.")
    cc: Addresses = Field(default_factory=list)
    subject: Header
    body: Annotated[str, AfterValidator(keepable)] = Field(
        max_length=MAX_BODY, description="Plain text."
    )
    thread_id: ThreadId | None = Field(None, description="The thread to answer in.")
    in_reply_to_message_id: Header | None = Field(
        None, description="The Message-ID answered to; empty: the last of message_ids."
    )
    message_ids: list[Header] = Field(default_factory=list, description="Of the thread so far.")


class SendOutput(BaseModel):
    message_id: str
    thread_id: str


async def find_sent(input: SendInput, context: Context) -> SendOutput | None:
    """The mail of this key among the newest to the same recipient; None: not there, or not marked."""
    search = f"in:sent newer_than:7d to:{input.to[0]}"
    page = await ask(
        context,
        "GET",
        "/messages",
        MessagePage,
        query={"q": search, "maxResults": LOOKED_THROUGH},
    )
    for listed in page.messages:
        sent = await ask(
            context,
            "GET",
            f"/messages/{listed.id}",
            Message,
            query={"format": "metadata", "metadataHeaders": KEY_HEADER},
        )
        if sent.payload.header(KEY_HEADER.lower()) == mark_of(context.idempotency_key):
            return SendOutput(message_id=sent.id, thread_id=sent.threadId)
    return None


@skill.operation(
    effect=Effect.WRITE,
    # Nowhere is it promised that a mail just sent is shown, or that its header is kept.
    look_up=LookUp(function=find_sent, settles_seconds=30, denies=False),
    sample=Sample({"message_id": "msg_sample_sent", "thread_id": "thr_sample_sent"}),
    timeout_seconds=60,
)
async def send_email(input: SendInput, context: Context) -> SendOutput:
    """Send a plain-text mail, or answer in a thread.

    A header marks it with the node's idempotency key. Gmail does not refuse a second mail of the
    same one: a call cut in half is looked for among the sent mails, and where it is not found, a
    person is asked.
    """
    raw = raw_mail(
        to=input.to,
        cc=input.cc,
        subject=input.subject,
        body=input.body,
        key=context.idempotency_key,
        answers=answered(input.message_ids, input.in_reply_to_message_id),
    )
    body = request_body(raw, input.thread_id)
    try:
        sent = await ask(context, "POST", "/messages/send", Sent, json=body, is_write=True)
    except OutcomeUnknown as unknown:
        search = f"in:sent to:{input.to[0]}"
        message = f"{unknown.message}. Search Gmail for {search} to see whether it was sent"
        raise OutcomeUnknown(message, **unknown.details) from None
    return SendOutput(message_id=sent.id, thread_id=sent.threadId)


class LabelInput(BaseModel):
    thread_id: ThreadId
    label: LabelName = Field(description="By name, like Maestro/interested; made if missing.")
    also: list[LabelName] = Field(default_factory=list, description="More labels to put on.")
    remove: list[LabelName] = Field(default_factory=list, description="Labels to take off.")


@skill.operation(
    effect=Effect.WRITE,
    idempotent=True,  # a label that is there already stays as it is
    retryable=True,
    sample=Sample(samples.labelled({}), vary=samples.labelled),
    timeout_seconds=60,
)
async def label_thread(input: LabelInput, context: Context) -> LabelOutput:
    """Put labels on a thread and take others off, by name."""
    wanted = [*dict.fromkeys([input.label, *input.also])]
    added = await label_ids(context, wanted, create=True)
    removed = await label_ids(context, input.remove, create=False) if input.remove else {}
    change = {"addLabelIds": [*added.values()], "removeLabelIds": [*removed.values()]}
    thread = await ask(context, "POST", f"/threads/{input.thread_id}/modify", Listed, json=change)
    return LabelOutput(thread_id=thread.id, labels=wanted)


def _shown(thread: Thread, message: Message) -> ReadOutput:
    payload = message.payload
    name, address = payload.sender()
    known = (each.payload.header("message-id") for each in thread.messages)
    return ReadOutput(
        thread_id=thread.id,
        message_id=message.id,
        from_email=address.lower(),
        from_name=name,
        to=[to.lower() for _, to in getaddresses([payload.raw_header("to")]) if to],
        subject=one_line(payload.header("subject")),
        date=_date(payload.header("date")),
        text=payload.text()[:MAX_TEXT].replace("\x00", ""),
        labels=message.labelIds,
        message_ids=[found for found in known if found],
    )


def _date(header: str) -> str | None:
    try:
        return parsedate_to_datetime(header).isoformat()
    except ValueError:
        return None
