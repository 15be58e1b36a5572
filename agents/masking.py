"""Taking secrets out of what an operation says: values, and the forms they travel in. Pure."""

import base64
import json
import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any
from urllib.parse import quote, quote_plus

MIN_LENGTH = 8  # shorter parts stand in too many innocent texts


class Mask:
    """Replaces each known value, and its base64, hex, URL-quoted, JSON- and HTML-escaped forms, by
    `[secret slot]`.

    A value that is a JSON object counts part by part, as its parts are what is sent.
    """

    def __init__(self, values: Mapping[str, str]) -> None:
        self._slots: dict[str, str] = {}
        self._pattern = re.compile("(?!)")
        for slot, value in values.items():
            self.add(slot, value)

    def add(self, slot: str, value: str) -> None:
        for part in _parts(value):
            for form in _forms(part):
                self._slots.setdefault(form, slot)
        # The longest first: a form may be the beginning of another.
        longest = sorted(self._slots, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest)))

    def apply(self, value: Any, *, cut: bool = False) -> Any:  # noqa: ANN401
        """The same JSON without secrets. `cut`: its texts may end in the middle of one."""
        if not self._slots:
            return value
        match value:
            case str():
                return self._text(value, cut)
            case dict():
                return {self.apply(k, cut=cut): self.apply(v, cut=cut) for k, v in value.items()}
            case list() | tuple():
                return [self.apply(inner, cut=cut) for inner in value]
            case _:
                return value

    def slots_in(self, text: str) -> set[str]:
        """Of which secrets the text holds a form."""
        return {self._slots[found[0]] for found in self._pattern.finditer(text)}

    def _text(self, text: str, cut: bool) -> str:
        masked = self._pattern.sub(lambda found: f"[secret {self._slots[found[0]]}]", text)
        return self._without_beginning(masked) if cut else masked

    def _without_beginning(self, text: str) -> str:
        """The text without a secret's beginning at its very end."""
        for form, slot in self._slots.items():
            for length in range(min(len(form), len(text)), MIN_LENGTH - 1, -1):
                if text.endswith(form[:length]):
                    return f"{text[:-length]}[secret {slot}]"
        return text


def _parts(value: str) -> Iterator[str]:
    yield value
    try:
        parsed = json.loads(value)
    except (ValueError, RecursionError):
        return
    if isinstance(parsed, dict):
        texts = (text for text in parsed.values() if isinstance(text, str))
        yield from (t for t in texts if len(t) >= MIN_LENGTH and not t.startswith("https://"))


def _forms(value: str) -> Iterator[str]:
    yield value
    yield quote(value, safe="")
    yield quote(value)
    yield quote_plus(value)
    for ensure_ascii in (True, False):
        yield json.dumps(value, ensure_ascii=ensure_ascii)[1:-1]
    yield escape(value)
    yield value.encode().hex()
    yield value.encode().hex().upper()
    for shift in range(3):
        yield from _base64(value.encode(), shift)


def _base64(value: bytes, shift: int) -> Iterator[str]:
    """Of a text that holds the value after `shift` bytes (modulo 3): the characters that its
    neighbours have no part in; and of the value by itself."""
    encoded = base64.b64encode(b"\0" * shift + value).decode()
    whole = (shift + len(value)) // 3 * 4
    forms = [encoded[(0, 2, 3)[shift] : whole], *([] if shift else [encoded, encoded.rstrip("=")])]
    for form in forms:
        if len(form) >= MIN_LENGTH:
            yield form
            yield form.replace("+", "-").replace("/", "_")
