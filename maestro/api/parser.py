"""Bodies: JSON that a row can hold, or a refusal that says why not."""

import json
from typing import Any, NoReturn

from django.http import HttpRequest
from ninja.parser import Parser

from agents.skills.outcome import first_unfit
from maestro.errors import InvalidInput, Malformed, UnsupportedMedia

MAX_DEPTH = 100


class JsonBodies(Parser):
    """Reads JSON and nothing else."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        if request.content_type != "application/json":
            raise UnsupportedMedia("Send JSON, and say so: Content-Type: application/json")
        try:
            body: dict[str, Any] = json.loads(request.body.decode(), parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            raise Malformed(f"The body is not JSON: {_reason(error)}") from error
        if _is_deeper_than(body, MAX_DEPTH):
            raise Malformed(f"The body is nested deeper than {MAX_DEPTH} levels")
        if unfit := first_unfit(body):
            place, fault = f"body.{unfit[0]}".rstrip("."), unfit[1]
            errors = [{"place": place, "message": fault}]
            raise InvalidInput(f"{place} {fault}", errors=errors)
        return body


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


def _reason(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8"
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error)


def _is_deeper_than(value: object, limit: int) -> bool:
    """Level by level, since what is too deep for a row is too deep for a recursion."""
    level = [value]
    for _ in range(limit + 1):
        level = [inner for outer in level for inner in _parts(outer)]
        if not level:
            return False
    return True


def _parts(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
