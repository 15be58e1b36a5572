"""What a mailbox gives, whoever keeps it: one shape for Gmail and IMAP, so that scores can change over."""

import re

from pydantic import BaseModel, Field


class Summary(BaseModel):
    thread_id: str
    snippet: str = ""


class ListOutput(BaseModel):
    threads: list[Summary]


class ReadOutput(BaseModel):
    """`message_ids` are the Message-IDs of the thread, the newest last, as a reply names them."""

    thread_id: str
    message_id: str
    from_email: str
    from_name: str = ""
    to: list[str]
    subject: str
    date: str | None = None
    text: str
    labels: list[str]
    message_ids: list[str]


class LabelOutput(BaseModel):
    thread_id: str
    labels: list[str] = Field(description="What was put on.")


def one_line(text: str) -> str:
    """A header without its folds and without what no row can hold."""
    return re.sub(r"[\s\x00]+", " ", text).strip()
