"""Whatever is wrong with a request, the answer has one shape and says what and where."""

import base64
import json

import pytest
from django.test import override_settings

from maestro.workspaces.models import Workspace
from runs.models import Run
from tests.factories import make_score

from .callers import Caller, read, refused


def test_an_address_that_does_not_exist(caller: Caller) -> None:
    refused(caller.get("/nothing/here"), 404, "not_found")
    refused(caller.get("/"), 404, "not_found")


def test_a_method_that_an_address_does_not_take(caller: Caller) -> None:
    answer = caller.delete("/workspace")

    refused(answer, 405, "method_not_allowed")
    assert sorted(answer.headers["Allow"].split(", ")) == ["GET", "PATCH"]


def test_a_request_id_is_echoed_or_made(caller: Caller) -> None:
    assert caller.get("/workspace", X_Request_ID="abc-1").headers["X-Request-ID"] == "abc-1"
    made = caller.get("/workspace", X_Request_ID="two words").headers["X-Request-ID"]
    assert made.startswith("req_")
    assert made != caller.get("/workspace").headers["X-Request-ID"]


def test_a_failure_of_ours_is_logged_under_its_request_id(
    caller: Caller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*arguments: object) -> None:
        raise RuntimeError("the moon is down")

    monkeypatch.setattr("maestro.workspaces.api.workspace_out", fail)
    said = refused(caller.get("/workspace"), 500, "internal_error")

    assert "moon" not in json.dumps(said)
    assert f"{said['request_id']}: GET /api/v1/workspace failed" in caplog.text
    assert "the moon is down" in caplog.text
    assert caller.token not in caplog.text


@pytest.fixture
def start(workspace: Workspace) -> str:
    return f"/scores/{make_score(workspace).id}/runs"


BODIES = {
    "no JSON": (b"{", 400, "malformed", "not JSON"),
    "no UTF-8": (b'{"input": "\xff"}', 400, "malformed", "UTF-8"),
    "not a number": (b'{"input": {"a": NaN}}', 400, "malformed", "NaN"),
    "endless number": (b'{"input": {"a": 1e999}}', 422, "invalid_input", "finite"),
    "huge integer": (b'{"input": {"a": 1' + b"0" * 5000 + b"}}", 400, "malformed", "JSON"),
    "deep": (b'{"input": ' + b'{"a": ' * 101 + b"1" + b"}" * 102, 400, "malformed", "deep"),
    "bottomless": (b"[" * 100_000, 400, "malformed", "nested too deeply"),
    "NUL": (rb'{"input": {"a": ["x\u0000y"]}}', 422, "invalid_input", "body.input.a[0]"),
    "half a pair": (rb'{"input": {"\ud800": 1}}', 422, "invalid_input", "surrogate"),
    "a list": (b"[]", 422, "invalid_input", "body"),
    "a text": (b'"x"', 422, "invalid_input", "body"),
    "null": (b"null", 422, "invalid_input", "body"),
    "nothing": (b"", 422, "invalid_input", "body"),
    "unknown field": (b'{"inputs": {}}', 422, "invalid_input", "body.inputs"),
    "wrong type": (b'{"input": []}', 422, "invalid_input", "body.input"),
    "unknown mode": (b'{"mode": "dry"}', 422, "invalid_input", "body.mode"),
}


@pytest.mark.parametrize(("body", "status", "code", "word"), BODIES.values(), ids=BODIES)
def test_a_body_that_cannot_be_taken(
    caller: Caller, start: str, body: bytes, status: int, code: str, word: str
) -> None:
    said = refused(caller.post(start, body), status, code)

    assert word in said["message"]
    assert not Run.objects.exists()


def test_an_integer_of_many_digits_is_kept_as_it_is(caller: Caller, start: str) -> None:
    body = b'{"input": {"a": 123456789012345678901234567890}, "mode": "rehearsal"}'
    made = read(caller.post(start, body), 201)

    assert read(caller.get(f"/runs/{made['id']}"))["input"]["a"] == 123456789012345678901234567890


def test_a_body_of_another_kind_than_json(caller: Caller, start: str) -> None:
    answer = caller.call("post", start, "a=1", headers={"Content-Type": "text/csv"})

    refused(answer, 415, "unsupported_media_type")


@override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=100)
def test_a_body_that_is_too_large(caller: Caller, start: str) -> None:
    refused(caller.post(start, {"input": {"a": "x" * 100}}), 413, "too_large")


@pytest.mark.parametrize("run_id", ["run_nowhere", "x" * 200, "%20", "a%00b", "%F0%9F%92%A9", "."])
def test_an_id_that_is_none(caller: Caller, run_id: str) -> None:
    answer = caller.get(f"/runs/{run_id}")

    assert answer.status_code in (404, 422)
    assert answer.json()["code"] in ("not_found", "invalid_input")  # type: ignore[attr-defined]


QUERIES = ["limit=0", "limit=201", "limit=x", "limit=9" + "9" * 30, "cursor=", "cursor=%00"]
QUERIES += ["cursor=abc", "cursor=W10", "cursor=bnVsbA", "cursor=" + "x" * 2000, "stauts=failed"]
QUERIES += [
    "status=late",
    "since=yesterday",
    "since=2026-11-20",
    "since=0.5",
    "score=%00",
    "mode=loud",
]


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_that_cannot_be_taken(caller: Caller, query: str) -> None:
    said = refused(caller.get(f"/runs?{query}"), 422, "invalid_input")

    assert said["details"]["errors"][0]["place"].startswith("query")


def cursor_at(moment: str) -> str:
    """What the list of runs would give after a run of that time."""
    place = json.dumps(["run", moment.replace("%2B", "+"), "run_1"])
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


FAR_AWAY = ["0274-05-31T21:34:47%2B22:29", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"]
BEYOND = ["0001-01-01T00:00:00%2B10:00", "9999-12-31T23:59:59-10:00"]


@pytest.mark.parametrize("moment", FAR_AWAY)
def test_a_far_away_time_is_a_time(caller: Caller, moment: str) -> None:
    read(caller.get(f"/runs?since={moment}"))
    read(caller.get(f"/runs?cursor={cursor_at(moment)}"))


@pytest.mark.parametrize("moment", BEYOND)
def test_a_time_beyond_all_times_is_refused(caller: Caller, moment: str) -> None:
    refused(caller.get(f"/runs?since={moment}"), 422, "invalid_input")
    refused(caller.get(f"/runs?cursor={cursor_at(moment)}"), 422, "invalid_input")


def test_a_cursor_of_another_list_is_refused(caller: Caller, start: str) -> None:
    run = read(caller.post(start, {"mode": "rehearsal"}), 201)
    read(caller.post(start, {"mode": "rehearsal"}), 201)
    cursor = read(caller.get("/runs?limit=1"))["next_cursor"]

    refused(caller.get(f"/runs/{run['id']}/nodes?cursor={cursor}"), 422, "invalid_input")
