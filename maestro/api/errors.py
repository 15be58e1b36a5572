"""Failures become answers: one table, one shape."""

import logging
from collections.abc import Callable
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from maestro import errors
from maestro.errors import MaestroError
from maestro.rest.shapes import Refusal

from .request_ids import request_id

STATUS: dict[type[MaestroError], int] = {
    errors.Malformed: 400,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.StaleVersion: 412,
    errors.TooLarge: 413,
    errors.UnsupportedMedia: 415,
    errors.InvalidInput: 422,
    errors.PreconditionRequired: 428,
    errors.Misconfigured: 503,
}
# What Django and ninja refuse by themselves, before or beside our own code.
CODES = {
    400: ("malformed", "The request cannot be read"),
    404: ("not_found", "There is nothing at this address; see /api/v1/docs"),
    405: ("method_not_allowed", "This address does not take this method; see /api/v1/docs"),
    413: ("too_large", "The request is too large"),
    500: ("internal_error", "Something went wrong here; the log has it under the request_id"),
}
logger = logging.getLogger(__name__)


def answer_errors(api: NinjaAPI) -> None:
    """Give the API its answers to every exception."""
    handlers: dict[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
        MaestroError: _refused,
        ValidationError: _invalid,
        HttpError: _refused_by_ninja,
        RequestDataTooBig: lambda request, error: refusal(request, 413),
        Http404: lambda request, error: refusal(request, 404),
        Exception: _failed,
    }
    for kind, handler in handlers.items():
        api.add_exception_handler(kind, handler)


def refusal(request: HttpRequest, status: int) -> HttpResponse:
    """The answer to what has no error of ours."""
    code, message = CODES.get(status, CODES[500 if status >= 500 else 400])
    return _answer(request, status, code, message, {})


def _refused(request: HttpRequest, error: MaestroError) -> HttpResponse:
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)
    if status == 500:
        return _failed(request, error)
    details = error.details
    if isinstance(error, errors.InvalidInput) and "errors" not in details:
        details = {"errors": _faults(error)}
    answer = _answer(request, status, error.code, error.message, details)
    if status == 401:
        answer["WWW-Authenticate"] = "Bearer"
    return answer


def _faults(error: errors.InvalidInput) -> list[dict[str, str]]:
    """What the domain says of a place, or of several, in the words of the API."""
    fields: Any = error.details.get("fields", {error.details.get("place", ""): [error.message]})
    return [
        {"place": f"body.{name}".removesuffix(f".{NON_FIELD_ERRORS}").rstrip("."), "message": text}
        for name, texts in fields.items()
        for text in texts
    ]


def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    faults = [
        {"place": _place(fault["loc"]), "message": fault["msg"].removeprefix("Value error, ")}
        for fault in error.errors
    ]
    more = f" ({len(faults) - 1} more)" if len(faults) > 1 else ""
    message = f"{faults[0]['place']}: {faults[0]['message']}{more}"
    return _refused(request, errors.InvalidInput(message, errors=faults))


def _place(location: tuple[str | int, ...]) -> str:
    """`body.nodes.0.kind`: without the name of the argument that ninja puts between."""
    source, *path = location
    return ".".join(map(str, [source, *(path[1:] if source == "body" else path)]))


def _refused_by_ninja(request: HttpRequest, error: HttpError) -> HttpResponse:
    # Ninja wraps what the parser of bodies raises.
    if isinstance(error.__cause__, MaestroError):
        return _refused(request, error.__cause__)
    return refusal(request, error.status_code)


def _failed(request: HttpRequest, error: Exception) -> HttpResponse:
    logger.error(
        "%s: %s %s failed", request_id(request), request.method, request.path, exc_info=error
    )
    return refusal(request, 500)


def _answer(
    request: HttpRequest, status: int, code: str, message: str, details: dict[str, object]
) -> HttpResponse:
    refused = Refusal(code=code, message=message, details=details, request_id=request_id(request))
    return JsonResponse(refused.model_dump(mode="json"), status=status)
