"""Texts with places in them, `{field}` and `{a.b}`, filled without code or a template engine.

A list shows its length, a missing field is empty, an object is its JSON; `{{` and `}}` are braces.
"""

import json
import re
from collections.abc import Callable, Mapping

from agents.skills.outcome import first_unfit
from maestro.errors import InvalidNodeInput

MAX_FILLED = 64 * 1024
PLACE = re.compile(r"\{\{|\}\}|\{([A-Za-z_]\w*(?:\.\w+)*)\}", re.ASCII)


def fill(
    text: str, values: Mapping[str, object], escape: Callable[[str], str] | None = None
) -> str:
    """`text` with its places filled from `values`; InvalidNodeInput when it grows too long.

    `escape` is for what is filled in alone, where `text` may hold marks of its own.
    """
    parts, at, size = [], 0, 0
    for match in PLACE.finditer(text):
        path = match[1]
        shown = _shown(reach(values, path)) if path else match[0][0]
        shown = escape(shown) if path and escape else shown
        parts += [text[at : match.start()], shown]
        at, size = match.end(), size + len(shown)
        if size > MAX_FILLED:
            raise InvalidNodeInput(f"A filled text has at most {MAX_FILLED:,} characters")
    filled = "".join([*parts, text[at:]])
    if unfit := first_unfit(filled):
        raise InvalidNodeInput(f"The filled text {unfit[1]}")
    return filled


def reach(value: object, path: str, default: object = None) -> object:
    """What `a.b` finds inside objects and, by number, lists; `default` when nothing is there."""
    for step in path.split("."):
        if isinstance(value, Mapping) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return default
    return value


def _shown(value: object) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case list():
            return str(len(value))
        case _:
            return json.dumps(value, ensure_ascii=False)
