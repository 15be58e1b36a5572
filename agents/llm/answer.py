"""Is what the model said the JSON its agent promises? Pure."""

import json
from functools import lru_cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match
from jsonschema.protocols import Validator
from referencing import Registry
from referencing.exceptions import Unresolvable

from .errors import UnusableSchema

JSON = dict[str, Any]
MAX_FAULTS = 10


class Misfit(Exception):
    """What is wrong, in words the model is told; `places` for whoever looks at the run."""

    def __init__(self, message: str, places: list[JSON] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.places = places or []


def read_answer(text: str, schema: JSON | None) -> JSON:
    """The answer as an object; without a schema it is {"text": ...}. Raises Misfit.

    UnusableSchema when the schema itself cannot be applied.
    """
    if not text.strip():
        raise Misfit("The answer is empty.")
    if schema is None:
        return {"text": text}
    answer = _parse(_unfenced(text))
    faults = _faults(answer, schema)
    if faults:
        told = "; ".join(
            f"{fault['place'] or 'the answer'}: {fault['message']}" for fault in faults
        )
        raise Misfit(f"The answer does not fit its schema: {told}.", faults)
    if not isinstance(answer, dict):
        raise Misfit("The answer is JSON, but no object.")
    return answer


def _parse(text: str) -> object:
    try:
        return json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Misfit("The answer is not JSON.") from None


def _no_constant(name: str) -> None:
    """NaN and Infinity, which Python would read, are not JSON."""
    raise ValueError(name)


def _unfenced(text: str) -> str:
    """Without the Markdown fence that models like to put around JSON."""
    text = text.strip()
    if text.startswith("```") and text.endswith("```") and "\n" in text:
        return text[text.index("\n") : -3]
    return text


def _faults(answer: object, schema: JSON) -> list[JSON]:
    try:
        errors = list(_validator(json.dumps(schema)).iter_errors(answer))
    except (Unresolvable, RecursionError) as refusal:
        message = "The output schema refers to what it does not define; write it out."
        raise UnusableSchema(message) from refusal
    return [_fault(error) for error in errors[:MAX_FAULTS]]


def _fault(error: ValidationError) -> JSON:
    """The place and what is wrong there; of alternatives, the one that fits best."""
    deepest = best_match([error]) or error
    place = ".".join(map(str, deepest.absolute_path))
    return {"place": place, "message": _shortened(deepest.message)}


def _shortened(message: str) -> str:
    """The value at fault comes first and may be long; what is wrong with it comes last."""
    return message if len(message) <= 200 else f"{message[:100]} … {message[-100:]}"


@lru_cache(maxsize=256)
def _validator(schema: str) -> Validator:
    """One that fetches nothing: an empty registry knows no other documents."""
    checker = Draft202012Validator.FORMAT_CHECKER
    return Draft202012Validator(json.loads(schema), registry=Registry(), format_checker=checker)
