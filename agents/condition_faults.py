"""Why a condition cannot be read: one sentence with the place, and how to mend it. Pure."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

EXAMPLE = 'input.stage == "new"'
HINTS = {  # what other languages write
    "=": "compare with ==",
    "&": "“and” is written &&",
    "|": "“or” is written ||",
    "and": "“and” is written &&",
    "or": "“or” is written ||",
    "not": "“not” is written !",
    "is": "compare with ==",
    "equals": "compare with ==",
    "like": 'write input.field.contains("part")',
    "None": "nothing is written null",
    "nil": "nothing is written null",
    "undefined": "nothing is written null, and has(input.field) asks for a field",
    "True": "it is written true",
    "False": "it is written false",
    "if": "write the condition alone",
    "then": "write the condition alone",
    "“": 'write texts in straight quotes, like "new"',
    "”": 'write texts in straight quotes, like "new"',
    "\u2018": 'write texts in straight quotes, like "new"',
    "\u2019": 'write texts in straight quotes, like "new"',
    "`": 'write texts in quotes, like "new"',
    "{": "a condition makes no objects",
    "#": "a condition has no comments",
    "/": "a condition has no comments and no patterns",
    "$": "a field is written input.field",
    "~": 'write input.field.contains("part")',
    ";": "a condition is one line of one question",
}
CLOSING = {"(": ")", "[": "]"}
JOINING = frozenset({"&&", "||", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "%", "in"})
UNFINISHED = JOINING | {"!", ",", "(", "[", "?", ":"}


class Token(NamedTuple):
    """A word of the condition and the place of its first character, from 0."""

    text: str
    at: int

    @property
    def is_value(self) -> bool:
        return self.text not in UNFINISHED | {".", ")", "]"}

    @property
    def is_end(self) -> bool:
        return self.is_value or self.text in CLOSING.values()

    @property
    def place(self) -> str:
        return f"character {self.at + 1}"


def strange(text: str, at: int) -> str:
    """Of a character that no condition has."""
    sign = text[at]
    if text[at : at + 3] in ('"""', "'''") or sign.isidentifier():
        return f'At character {at + 1}: write texts in one pair of plain quotes, like "new".'
    if sign in "\"'":
        closed = "on the same line" if "\n" in text[at:] else "before the condition ends"
        return f"The text that begins at character {at + 1} is not closed; put {sign} {closed}."
    shown = sign if sign.isprintable() else repr(sign)
    return f"A condition cannot contain {shown} at character {at + 1}{_hint(sign)}."


def foreign(name: str) -> str:
    """Of a name that is not `input`."""
    hint = HINTS.get(name) or f'write input.{name} for the field, or "{name}" for the text'
    return f"A condition knows only input, not {name}: {hint}."


def unreadable(tokens: Sequence[Token], at: int) -> str:
    """Of words that make no condition; `at`: where its parser gave up."""
    if not tokens:
        return f"The condition is empty; say when it holds, like {EXAMPLE}."
    for sentence in _faults(tokens):
        return f"The condition cannot be read: {sentence}."
    near = next((token for token in tokens if token.at >= at), tokens[-1])
    return f"The condition cannot be read at {near.place}, by {near.text}; it reads like {EXAMPLE}."


def _faults(tokens: Sequence[Token]) -> Iterator[str]:
    """The most telling first."""
    for before, token, after in zip([None, *tokens], tokens, [*tokens[1:], None], strict=False):
        is_field = before is not None and before.text == "."
        is_beside = (after is not None and after.is_value) or (before is not None and before.is_end)
        if not is_field and token.text in HINTS and is_beside:
            yield f"{token.text} at {token.place}{_hint(token.text)}"
    yield from _brackets(tokens)
    for token, after in zip(tokens, [*tokens[1:], None], strict=True):
        if fault := _pair(token, after):
            yield fault


def _brackets(tokens: Sequence[Token]) -> Iterator[str]:
    opened: list[Token] = []
    for token in tokens:
        if token.text in CLOSING:
            opened.append(token)
        is_closing = token.text in CLOSING.values()
        if is_closing and (not opened or CLOSING[opened.pop().text] != token.text):
            yield f"{token.text} at {token.place} closes nothing; take it out"
            return
    if opened:
        last = opened[-1]
        yield f"{last.text} at {last.place} is not closed; put {CLOSING[last.text]} behind what it holds"


def _pair(token: Token, after: Token | None) -> str:
    """What is wrong with a word and the one that follows it."""
    following = after.text if after else ""
    if token.text == "." and not (after and after.is_value and following[0].isidentifier()):
        return f"behind . at {token.place} the name of a field is missing"
    if token.text + following in ("<>", "=>", "=<"):
        return f"{token.text}{following} at {token.place} is no sign; write !=, >= or <="
    if token.text in JOINING | {"!"} and (after is None or following in JOINING | {")", "]", "?"}):
        return f"behind {token.text} at {token.place} a value is missing"
    if token.text == "?" and after is None:
        return f"behind ? at {token.place} two values are missing, like ? 1 : 2"
    if after and token.is_value and after.is_value:
        return f"between {token.text} and {following} at {after.place} a sign is missing, like == or &&"
    return ""


def _hint(word: str) -> str:
    return f": {HINTS[word]}" if word in HINTS else ""
