"""What every answer of the API has, whoever gave it: a request id, one shape of refusals, no caching."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from .errors import refusal
from .request_ids import HEADER, request_id


class ApiAnswers:
    """Outermost, so that it also sees what Django refuses before the API is asked. Stays synchronous."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        if not request.path.startswith("/api/"):
            return response
        if response.status_code >= 400 and not _is_json(response):
            response = _reshaped(request, response)
        response.headers[HEADER] = request_id(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response


def _is_json(response: HttpResponse) -> bool:
    return response.headers.get("Content-Type", "").startswith("application/json")


def _reshaped(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    answer = refusal(request, response.status_code)
    if "Allow" in response.headers:
        answer.headers["Allow"] = response.headers["Allow"]
    return answer
