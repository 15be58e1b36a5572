"""What every response carries: the rules a browser is to hold it to, and in debug its number of queries."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse

# The admin's own scripts are written into its pages (Alpine), hence the two "unsafe"; nothing foreign is loaded.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)


class SecureCookies:
    """Marks cookies `Secure` on answers to https, so that plain http on this machine can sign in too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        if request.is_secure():
            for cookie in response.cookies.values():
                cookie["secure"] = True
        return response


class ContentPolicy:
    """Sets the content policy. Stays synchronous and last: Django then runs the whole chain in one thread hop,
    not in one per middleware, which answers a page a quarter faster."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response


class CountQueries:
    """`Server-Timing: db;desc="N"` on every response, N its number of queries.

    Stays synchronous, so that it shares the thread, and with it the connection, of the view it counts for.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        count = 0

        def counting(execute: Callable[..., object], *arguments: Any) -> object:
            nonlocal count
            count += 1
            return execute(*arguments)

        with connection.execute_wrapper(counting):
            response = self._get_response(request)
        response["Server-Timing"] = f'db;desc="{count}"'
        return response
