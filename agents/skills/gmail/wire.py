"""What the Gmail API answers, as far as it is read, and the text of a message in it.

After developers.google.com/workspace/gmail/api/reference/rest/v1: users.threads, users.messages,
users.labels (read November 2026). Bodies are base64url; attachments have an id in place of data.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message as Headers
from email.utils import parseaddr

from pydantic import BaseModel, Field

from agents.skills.email.html import text_of

ANGLED = re.compile(r"<([^<>\s]+@[^<>\s]+)>")
OWN = {"SENT", "DRAFT"}
STATEFUL = ("iso-2022", "utf-7", "hz")  # their bytes are ASCII, so they look like UTF-8 too


class Listed(BaseModel):
    id: str
    snippet: str = ""


class ThreadPage(BaseModel):
    threads: list[Listed] = Field(default_factory=list)
    nextPageToken: str | None = None


class Header(BaseModel):
    name: str
    value: str


class Body(BaseModel):
    attachmentId: str | None = None
    data: str = ""


class Part(BaseModel):
    mimeType: str = ""
    filename: str = ""
    headers: list[Header] = Field(default_factory=list)
    body: Body = Field(default_factory=Body)
    parts: list["Part"] = Field(default_factory=list)

    def header(self, name: str) -> str:
        """The first header of that name, decoded; empty when there is none."""
        return _decoded(self.raw_header(name))

    def raw_header(self, name: str) -> str:
        """As it was sent: addresses are told apart before names are decoded, which may hold commas."""
        return next((h.value for h in self.headers if h.name.lower() == name), "")

    def sender(self) -> tuple[str, str]:
        """Name and address, also of a name with a comma and no quotes around it."""
        raw = self.raw_header("from")
        name, address = parseaddr(raw)
        if "@" not in address and (found := ANGLED.search(raw)):
            name, address = raw[: found.start()].strip(), found[1]
        return _decoded(name), address

    def text(self) -> str:
        """What a person reads: plain text where there is some, else HTML without its marks."""
        plain = [part._content() for part in self._leaves("text/plain")]
        if any(text.strip() for text in plain):
            return "\n".join(plain).replace("\r\n", "\n").strip()
        return "\n".join(text_of(part._content()) for part in self._leaves("text/html"))

    def _leaves(self, kind: str) -> Iterator["Part"]:
        """Texts of this kind anywhere below, except attached files and attached mails."""
        if self.mimeType == kind and not self.filename and not self.body.attachmentId:
            yield self
        if self.mimeType != "message/rfc822":
            for part in self.parts:
                yield from part._leaves(kind)

    def _content(self) -> str:
        data = self.body.data
        try:
            content = base64.urlsafe_b64decode(data + "=" * (-len(data) % 4))
        except (binascii.Error, ValueError):
            return ""
        return _text(content, self._charset())

    def _charset(self) -> str:
        headers = Headers()
        headers["content-type"] = self.header("content-type") or "text/plain"
        return headers.get_content_charset("utf-8")


class Message(BaseModel):
    id: str
    threadId: str
    labelIds: list[str] = Field(default_factory=list)
    payload: Part

    @property
    def is_own(self) -> bool:
        return bool(OWN & set(self.labelIds))


class MessagePage(BaseModel):
    """The newest first."""

    messages: list[Listed] = Field(default_factory=list)


class Thread(BaseModel):
    id: str
    messages: list[Message] = Field(default_factory=list)


class Sent(BaseModel):
    id: str
    threadId: str


class Label(BaseModel):
    id: str
    name: str


class Labels(BaseModel):
    labels: list[Label] = Field(default_factory=list)


def _text(content: bytes, charset: str) -> str:
    """Gmail hands out some texts as they were sent and some in UTF-8, whatever the header says."""
    order = [charset, "utf-8"] if charset.startswith(STATEFUL) else ["utf-8", charset]
    for name in order:
        try:
            return content.decode(name)
        except (LookupError, UnicodeDecodeError):
            continue
    return content.decode("utf-8", errors="replace")


def _decoded(value: str) -> str:
    try:
        return str(make_header(decode_header(value))) if "=?" in value else value
    except (HeaderParseError, LookupError, UnicodeDecodeError, ValueError):
        return value
