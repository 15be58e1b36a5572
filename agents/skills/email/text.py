"""What a person reads of a mail: its own text, and nothing of the files and mails attached to it."""

from collections.abc import Iterator
from email.message import Message

from imap_tools.utils import decode_value

from agents.skills.email.html import text_of


def own_text(mail: Message) -> str:
    """Plain text where there is some, else HTML without its marks."""
    plain = "".join(_texts(mail, "text/plain"))
    return plain if plain.strip() else "\n".join(map(text_of, _texts(mail, "text/html")))


def _texts(part: Message, kind: str) -> Iterator[str]:
    if part.get_content_maintype() == "multipart":
        for inner in part.get_payload():
            if isinstance(inner, Message):
                yield from _texts(inner, kind)
    elif part.get_content_type() == kind and not part.get_filename():
        content = part.get_payload(decode=True)
        yield decode_value(
            content if isinstance(content, bytes) else b"", part.get_content_charset()
        )
