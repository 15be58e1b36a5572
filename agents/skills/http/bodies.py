"""Bodies of requests: JSON, text, forms and files. Pure."""

import base64
import binascii
import hashlib
from urllib.parse import urlencode

from agents.skills.http.shapes import File, Scalar, SendInput
from maestro.errors import InvalidNodeInput

MAX_BODY = 8 * 1024 * 1024
FORBIDDEN = ('"', "\r", "\n", "\x00")


def body_of(input: SendInput) -> tuple[bytes | None, str | None]:
    """(content, its type) of what is not JSON; (None, None) without such a body."""
    if input.body is not None:
        return _bounded(input.body.encode()), None
    if input.files:
        return _parts(input.form or {}, input.files)
    if input.form is not None:
        form = {name: _texts(value) for name, value in input.form.items()}
        encoded = urlencode(form, doseq=True).encode()
        return _bounded(encoded), "application/x-www-form-urlencoded"
    return None, None


def _parts(form: dict[str, Scalar | list[Scalar]], files: dict[str, File]) -> tuple[bytes, str]:
    """multipart/form-data, the same bytes for the same input."""
    parts = [
        (_disposition(name), text.encode())
        for name, value in form.items()
        for text in _texts(value)
    ]
    for name, file in files.items():
        head = f"{_disposition(name, file.name)}\r\nContent-Type: {_plain(file.content_type)}"
        parts.append((head, _content(file)))
    boundary = _boundary([content for _, content in parts])
    body = b"".join(
        f"--{boundary}\r\n{head}\r\n\r\n".encode() + content + b"\r\n" for head, content in parts
    )
    whole = _bounded(body + f"--{boundary}--\r\n".encode())
    return whole, f"multipart/form-data; boundary={boundary}"


def _boundary(contents: list[bytes]) -> str:
    """By the contents, so that no content can hold it but by a broken hash."""
    digest = hashlib.sha256()
    for content in contents:
        digest.update(hashlib.sha256(content).digest())
    return f"maestro-{digest.hexdigest()[:40]}"


def _disposition(name: str, file: str | None = None) -> str:
    named = f'; filename="{_plain(file)}"' if file is not None else ""
    return f'Content-Disposition: form-data; name="{_plain(name)}"{named}'


def _plain(text: str) -> str:
    if any(sign in text for sign in FORBIDDEN):
        raise InvalidNodeInput("A form's names and types hold no quotes and no line breaks")
    return text


def _content(file: File) -> bytes:
    if (file.text is None) == (file.base64 is None):
        raise InvalidNodeInput(f"The file {file.name} has either text or base64")
    if file.text is not None:
        return file.text.encode()
    try:
        return base64.b64decode(file.base64 or "", validate=True)
    except (binascii.Error, ValueError):
        raise InvalidNodeInput(f"The file {file.name} is not base64") from None


def _texts(value: Scalar | list[Scalar]) -> list[str]:
    """As a form has them: true and false in small letters, as JSON does."""
    values = value if isinstance(value, list) else [value]
    return [str(one).lower() if isinstance(one, bool) else str(one) for one in values]


def _bounded(content: bytes) -> bytes:
    if len(content) > MAX_BODY:
        raise InvalidNodeInput(f"A body has at most {MAX_BODY:,} bytes")
    return content
