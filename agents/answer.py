"""What a far end answered, read within limits."""

import json
import re
import time
import zlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from maestro.errors import (
    NodeError,
    OutcomeUnknown,
    RateLimited,
    ServiceRefused,
    TimedOut,
    Unavailable,
)

Model = TypeVar("Model", bound=BaseModel)

SAID_LENGTH = 2_000  # of a refusal's text; Google says the reason behind two long sentences
SENTENCE_LENGTH = 300
RETRY_AFTER = re.compile(r"Retry after (\d{4}-\d\d-\d\dT[\d:.]{5,20}Z)")
UNSURE_STATUS = {500, 502, 504}  # the far end broke while it acted, or something between did


class Unread(ServiceRefused):
    """An answer came and cannot be taken: what was asked for may have happened."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """`headers` have lower-case names; `body` is decompressed."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_json(self) -> bool:
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        return kind == "application/json" or kind.endswith("+json")

    def json(self) -> Any:  # noqa: ANN401
        """The body as JSON, or ServiceRefused."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise ServiceRefused("The answer is not JSON", status=self.status) from None

    def read(self, model: type[Model], *, is_write: bool = False) -> Model:
        """The body as documented, or ServiceRefused, which names the places and no values; after a
        write OutcomeUnknown, for it may have happened."""
        try:
            return model.model_validate_json(self.body)
        except ValidationError as error:
            wrong = error.errors(include_url=False, include_context=False, include_input=False)
            fields = [{"place": ".".join(map(str, e["loc"])), "message": e["msg"]} for e in wrong]
            message, told = "The answer is not as documented", {"status": self.status}
            if is_write:
                message = f"{message}; it may have acted"
                raise OutcomeUnknown(message, **told, fields=fields[:5]) from None
            raise ServiceRefused(message, **told, fields=fields[:5]) from None

    def text(self) -> str:
        """The body in the charset it names, or ServiceRefused when it is not text."""
        header = Message()
        header["content-type"] = self.headers.get("content-type", "")
        try:
            text = self.body.decode(header.get_content_charset("utf-8"))
        except (LookupError, UnicodeDecodeError):
            text = "\x00"
        if "\x00" in text:
            raise ServiceRefused("The answer is not text", status=self.status)
        return text


async def read_body(chunks: AsyncIterator[bytes], encoding: str, limit: int) -> bytes:
    """The body, unpacked step by step so that a small bomb never becomes large.

    Unread over `limit` bytes, or when it is packed in a way nobody asked for.
    """
    if encoding not in ("", "identity", "gzip", "x-gzip"):
        raise Unread("The answer is packed in a way that was not asked for")
    unpack = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16) if "gzip" in encoding else None
    body = bytearray()
    async for chunk in chunks:
        body += _unpacked(chunk, unpack, limit + 1 - len(body)) if unpack else chunk
        if len(body) > limit:
            raise Unread(f"The answer has more than {limit:,} bytes")
    if unpack and body and not unpack.eof:
        raise Unread("The answer ends too early")
    return bytes(body)


def _unpacked(chunk: bytes, unpack: "zlib._Decompress", room: int) -> bytes:
    try:
        return unpack.decompress(chunk, room)
    except zlib.error:
        raise Unread("The answer cannot be unpacked") from None


def refusal(answer: Answer, host: str, is_write: bool) -> NodeError:
    """What an unwelcome status means to a node."""
    status = answer.status
    said = answer.body[:SAID_LENGTH].decode(errors="replace").replace("\x00", "")
    message = f"{host} answered {status}"
    details = {"host": host, "status": status, "said": said}
    wait = seconds_to_wait(answer.headers.get("retry-after", "") or time_in(said))
    if status == 429:
        return RateLimited(message, retry_after=wait, **details)
    if is_write and status in UNSURE_STATUS:
        return OutcomeUnknown(message, **details)
    if status == 408:
        return TimedOut(message, **details)
    if status >= 500:
        return Unavailable(message, retry_after=wait, **details)
    return ServiceRefused(message, **details)


def said_in(said: str) -> str:
    """The sentence in a refusal's text: as Google, Apollo and Tavily put it into JSON, or all of it."""
    try:
        found = json.loads(said)
    except (ValueError, RecursionError):
        found = said
    for name in ("error", "detail", "message", "error"):
        found = found.get(name) or found if isinstance(found, dict) else found
    text = found if isinstance(found, str) else said
    return " ".join(text.split())[:SENTENCE_LENGTH]


def seconds_to_wait(header: str) -> float | None:
    """Seconds to wait: the header has a number of them, or a date."""
    if header.isdecimal():
        return float(header[:9])
    try:
        return max(0.0, _moment(header).timestamp() - time.time())
    except (ValueError, OverflowError):
        return None


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text) if text[:4].isdecimal() else parsedate_to_datetime(text)


def time_in(said: str) -> str:
    """When to come again, as Gmail writes it into its sentence in place of a header; else empty."""
    found = RETRY_AFTER.search(said)
    return found[1] if found else ""
