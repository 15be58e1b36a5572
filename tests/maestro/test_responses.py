"""What every response carries, and how static files are answered."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from django.core.asgi import get_asgi_application
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client

from maestro.middleware import CountQueries
from maestro.static_files import StaticFiles

STYLES = "/static/unfold/css/styles.css"


async def get(path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": b"",
        "headers": [
            (name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()
        ],
    }
    sent: list[Mapping[str, Any]] = []

    requests = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> Mapping[str, Any]:
        if request := next(requests, None):
            return request
        await asyncio.Event().wait()
        raise AssertionError("the client stays until it is answered")

    async def send(message: Mapping[str, Any]) -> None:
        sent.append(message)

    await StaticFiles(get_asgi_application())(scope, receive, send)
    fields = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], fields, sent[1]["body"]


async def test_static_files_come_without_a_collecting_step() -> None:
    status, fields, body = await get(STYLES)
    assert status == 200
    assert fields["content-type"].startswith("text/css")
    assert int(fields["content-length"]) == len(body) > 1000


async def test_a_static_file_the_browser_has_is_not_sent_again() -> None:
    _, fields, _ = await get(STYLES)
    status, _, body = await get(STYLES, if_none_match=fields["etag"])
    assert (status, body) == (304, b"")


async def test_everything_else_goes_to_django() -> None:
    status, _, body = await get("/healthz", host="localhost")
    assert (status, body) == (200, b'{"status": "alive"}')


async def test_no_file_outside_the_apps_is_reachable() -> None:
    status, _, _ = await get("/static/../manage.py", host="localhost")
    assert status == 404


@pytest.mark.django_db
def test_pages_load_nothing_foreign_and_cannot_be_framed(client: Client) -> None:
    answer = client.get("/admin/login/")
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.django_db
@pytest.mark.parametrize(("secure", "marked"), [(True, True), (False, "")])
def test_cookies_are_secure_on_https_and_work_on_plain_http(
    client: Client, secure: bool, marked: object
) -> None:
    answer = client.get("/admin/login/", secure=secure)
    assert answer.cookies["csrftoken"]["secure"] == marked


@pytest.mark.django_db
def test_debug_tells_the_number_of_queries() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        for _ in range(3):
            connection.cursor().execute("SELECT 1")
        return HttpResponse()

    assert CountQueries(view)(HttpRequest())["Server-Timing"] == 'db;desc="3"'
