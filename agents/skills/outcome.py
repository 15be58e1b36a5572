"""What a call comes to, and whether the database can keep it."""

import json
import math
from collections.abc import Iterator
from json import encoder
from typing import Any, NamedTuple, TypeAlias

from django.conf import settings

from maestro.errors import InvalidNodeOutput

JSON: TypeAlias = dict[str, Any]


class Outcome(NamedTuple):
    port: str
    output: JSON


def to_text(value: object) -> str:
    """The JSON of a value; ValueError, TypeError or RecursionError where it is none."""
    return "".join(_encode(value, 0)) if _encode else _ENCODER.encode(value)


def canonical(value: object) -> str:
    """The JSON of a value, the same text for equal values."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, check_circular=False)
# What `_ENCODER.encode` makes anew for each value: for small ones that is two thirds of its time.
_make = getattr(encoder, "c_make_encoder", None)  # not there in a Python without C
_encode = _make and _make(
    None, _ENCODER.default, encoder.encode_basestring, None, ": ", ", ", False, False, False
)


def check_json(output: JSON) -> None:
    """Refuse what jsonb refuses, or what is too large, with InvalidNodeOutput naming the place."""
    try:
        text = to_text(output)
        size = len(text.encode())
    except (ValueError, TypeError, RecursionError) as error:
        raise _unfit(output) from error
    # An escaped backslash before "u0000" looks the same, so only the slow look decides.
    if "\\u0000" in text and (place := first_unfit(output)):
        raise _refusal(*place)
    limit = settings.MAX_NODE_OUTPUT_BYTES
    if size > limit:
        message = f"The output has {size:,} bytes, more than the {limit:,} allowed"
        raise InvalidNodeOutput(message, place=_largest(output))


def first_unfit(value: object) -> tuple[str, str] | None:
    """(place, fault) of the first text or number in it that the database would refuse."""
    return next(_unfit_places(value), None)


def _unfit(output: JSON) -> InvalidNodeOutput:
    try:
        place = first_unfit(output)
    except RecursionError:
        return InvalidNodeOutput("The output is nested too deeply")
    return _refusal(*place) if place else InvalidNodeOutput("The output is not JSON")


def _refusal(place: str, fault: str) -> InvalidNodeOutput:
    return InvalidNodeOutput(f"The output cannot be stored: {place} {fault}", place=place)


def _unfit_places(value: object, place: str = "") -> Iterator[tuple[str, str]]:
    """Each (place, fault) below `value`, depth first."""
    if isinstance(value, dict):
        for key, inner in value.items():
            here = f"{place}.{key!a}" if _fault(key) else f"{place}.{key}"
            if fault := _fault(key):
                yield here.lstrip("."), f"has a name that {fault}"
            yield from _unfit_places(inner, here.lstrip("."))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _unfit_places(inner, f"{place}[{index}]")
    elif fault := _fault(value):
        yield place, fault


def _fault(value: object) -> str | None:
    if isinstance(value, float) and not math.isfinite(value):
        return "is not a finite number"
    if not isinstance(value, str):
        return None
    if "\x00" in value:
        return "holds a NUL character"
    return "holds half a surrogate pair" if not _encodes(value) else None


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _largest(output: JSON) -> str:
    return max(output, key=lambda name: len(json.dumps(output[name])), default="")
