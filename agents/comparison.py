"""Two versions of an agent side by side: the prompt word by word, the settings field by field. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby, takewhile
from typing import Any, Literal

PROMPT = "system_prompt"
# A word with the space behind it, so that the parts put together are the text again.
WORDS = re.compile(r"\w+\s*|[^\w\s]\s*|\s+")
LONGEST = (
    2_000  # words or lines of a change; one longer is shown as a whole, for comparing is quadratic
)

Change = Literal["same", "removed", "added"]


@dataclass(frozen=True)
class Part:
    """A stretch of text that both prompts have, or only the older, or only the newer one."""

    change: Change
    text: str


@dataclass(frozen=True)
class Setting:
    """A field that differs, as it was and as it is."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Comparison:
    """`prompt` in reading order, whole; `settings` are only those that differ."""

    prompt: tuple[Part, ...]
    settings: tuple[Setting, ...]

    @property
    def prompt_differs(self) -> bool:
        return any(part.change != "same" for part in self.prompt)


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> Comparison:
    """What changed from one content to another."""
    fields = [field for field in {**before, **after} if field != PROMPT]
    settings = [Setting(field, before.get(field), after.get(field)) for field in fields]
    return Comparison(
        prompt=tuple(compare_texts(before.get(PROMPT, ""), after.get(PROMPT, ""))),
        settings=tuple(setting for setting in settings if setting.before != setting.after),
    )


def compare_texts(before: str, after: str) -> Iterator[Part]:
    """Line by line, and word by word where lines changed; neighbours of one kind are one part."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    parts = (part for lines in _matched(old, new) for part in _by_word(*lines) if part.text)
    for change, found in groupby(parts, key=lambda part: part.change):
        yield Part(change, "".join(part.text for part in found))


def _by_word(before: str, after: str) -> Iterator[Part]:
    if before == after:
        yield Part("same", before)
        return
    for removed, added in _matched(WORDS.findall(before), WORDS.findall(after)):
        if removed == added:
            yield Part("same", removed)
        else:
            yield Part("removed", removed)
            yield Part("added", added)


def _matched(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Stretches of both, in order: equal ones, and those that took each other's place."""
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    yield "".join(old[:start]), "".join(new[:start])
    yield from _middle(old[start : len(old) - end], new[start : len(new) - end])
    yield "".join(old[len(old) - end :]), "".join(new[len(new) - end :])


def _middle(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, str]]:
    if len(old) + len(new) > LONGEST:
        yield "".join(old), "".join(new)
        return
    for _, start, end, other_start, other_end in SequenceMatcher(None, old, new).get_opcodes():
        yield "".join(old[start:end]), "".join(new[other_start:other_end])


def _common(old: Sequence[str], new: Sequence[str]) -> int:
    pairs = zip(old, new, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
