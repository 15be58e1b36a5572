"""Conditions: the small, bounded part of CEL that decides a branch or keeps a row.

The only variable is `input`. What could make the cost more than linear in its size (loops, regular
expressions, long sums of texts) is refused when a condition is compiled, not when it is asked.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

from agents import cel_engine
from agents.condition_faults import Token, foreign, strange, unreadable
from maestro.errors import InvalidInput, NodeError

MAX_LENGTH = 500
MAX_SUMS = 10  # each + of two texts copies both
FUNCTIONS = frozenset({"contains", "double", "endsWith", "int", "size", "startsWith", "string"})
CALLABLE = FUNCTIONS | {"has", "in"}  # `has` is a macro without a loop, `in (` no call at all

# Stricter than CEL itself: without raw or triple-quoted strings, braces and comments, a loop
# cannot hide in what looks like a text.
TOKEN = re.compile(
    r"""\s+
    | (?P<text>"(?!"")(?:[^"\\\r\n]|\\.)*"|'(?!'')(?:[^'\\\r\n]|\\.)*')
    | (?P<name>[A-Za-z_]\w*)(?!["'])
    | (?P<number>[0-9][0-9A-Za-z.]*)
    | (?P<sign>&&|\|\||[=!<>]=|/(?!/)|[-+*%<>!?:.,()\[\]])
    """,
    re.VERBOSE | re.ASCII,
)
PLACE = re.compile(r"<input>:(\d+):(\d+): Syntax error")


class Verdict(NamedTuple):
    """`missing` names the field for want of which the condition does not hold."""

    holds: bool
    missing: str | None = None


@dataclass(frozen=True)
class Condition:
    """A compiled condition; `fields` are the ones it reads, None: any."""

    text: str
    program: cel_engine.Program
    fields: frozenset[str] | None

    def holds(self, input: Mapping[str, Any]) -> Verdict:
        """Whether it is true of `input`. NodeError when the values do not suit it."""
        try:
            answer = self.program.execute({"input": self._needed(input)})
        except KeyError as error:
            return Verdict(False, str(error.args[0]))
        except IndexError:
            return Verdict(False, "an item after the end of a list")
        except (ArithmeticError, RuntimeError, TypeError, ValueError) as error:
            reason = str(error).splitlines()[0][:200]
            raise NodeError(f"The condition {self.text} failed: {reason}") from None
        if not isinstance(answer, bool):
            kind = type(answer).__name__
            raise NodeError(f"The condition {self.text} is neither true nor false, but {kind}")
        return Verdict(answer)

    def _needed(self, input: Mapping[str, Any]) -> dict[str, Any]:
        # Handing a whole large input over to CEL costs a copy of it.
        names = input.keys() if self.fields is None else self.fields & input.keys()
        return {name: input[name] for name in names}


@lru_cache(maxsize=1024)
def compile_condition(text: str) -> Condition:
    """The condition, or InvalidInput that says what is not allowed in it."""
    if len(text) > MAX_LENGTH:
        raise InvalidInput(f"A condition has at most {MAX_LENGTH} characters")
    placed = _tokens(text)
    tokens = [token.text for token in placed]
    _refuse_calls(tokens)
    if tokens.count("+") > MAX_SUMS:
        raise InvalidInput(f"A condition has at most {MAX_SUMS} signs of plus")
    program = _parsed(text, placed)
    for name in program.variables():
        if name != "input":
            raise InvalidInput(foreign(name))
    return Condition(text, program, _fields(tokens))


def _tokens(text: str) -> list[Token]:
    tokens, at = [], 0
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            raise InvalidInput(strange(text, at))
        if match.lastgroup:
            tokens.append(Token(match[0], at))
        at = match.end()
    return tokens


def _refuse_calls(tokens: list[str]) -> None:
    for name, follower in pairwise(tokens):
        if follower == "(" and name[0].isidentifier() and name not in CALLABLE:
            known = ", ".join(sorted(FUNCTIONS | {"has"}))
            raise InvalidInput(f"A condition cannot call {name}; it can call {known}")


def _parsed(text: str, tokens: list[Token]) -> cel_engine.Program:
    try:
        return cel_engine.compile(text)
    except ValueError as error:
        raise InvalidInput(unreadable(tokens, _place_in(text, str(error)))) from None


def _place_in(text: str, told: str) -> int:
    """Where the engine gave up, by its own line and column."""
    found = PLACE.search(told)
    if found is None:
        return len(text)
    line, column = int(found[1]), int(found[2])
    return sum(len(one) for one in text.splitlines(keepends=True)[: line - 1]) + column - 1


def _fields(tokens: list[str]) -> frozenset[str] | None:
    """The names after `input.`, or None when `input` is also used in another way."""
    names = set()
    for at, token in enumerate(tokens):
        if token != "input" or tokens[at - 1 : at] == ["."]:
            continue
        dot, name, follower = (*tokens[at + 1 : at + 4], "", "", "")[:3]
        if dot != "." or follower == "(":
            return None
        names.add(name)
    return frozenset(names)
