"""The events of a run, as they happen."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import islice

import httpx2 as httpx
import pytest
from django.db import connection

from maestro.workspaces.models import Workspace
from runs.actions import cancel_run
from runs.models import Run
from scores.models import Score
from tests.factories import make_score
from tests.runs.clusters import RunningCluster, wait_until
from tests.scores.graphs import graph, step
from tests.sessions import OTHERS, end_other_sessions

from .callers import JSON, Caller, read
from .servers import RunningServer

CHAIN = ["run.queued", "run.running", "node.succeeded", "run.succeeded"]


@pytest.fixture
def server(child_environment: dict[str, str]) -> Iterator[RunningServer]:
    with RunningServer(child_environment) as running:
        yield running


@pytest.fixture
def score(transactional_db: None, workspace: Workspace) -> Score:
    return make_score(workspace, graph(step("only", config={"params": {"fields": ["x"]}})))


def started(caller: Caller, score: Score) -> Run:
    made = read(caller.post(f"/scores/{score.id}/runs", {"input": {"x": 1}}), 201)
    return Run.objects.get(pk=made["id"])


def stream_of(
    server: RunningServer, caller: Caller, run: Run, stack: ExitStack, **headers: str
) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    # Less than the silence after which a watcher would look without being woken.
    client = stack.enter_context(httpx.Client(base_url=server.address, timeout=12))
    path = f"/api/v1/runs/{run.id}/events"
    return stack.enter_context(client.stream("GET", path, headers=caller.signed(named)))


def events(answer: httpx.Response) -> Iterator[JSON]:
    """Each event's data; asserts that its frame says the same."""
    frame: dict[str, str] = {}
    for line in answer.iter_lines():
        if line:
            name, _, value = line.partition(": ")
            frame[name] = value
        elif "data" in frame:
            said: JSON = json.loads(frame["data"])
            assert (frame["id"], frame["event"]) == (str(said["number"]), said["kind"])
            yield said
            frame = {}


def test_a_real_run_is_followed_to_its_end_over_http(
    server: RunningServer,
    child_environment: dict[str, str],
    caller: Caller,
    score: Score,
) -> None:
    body: JSON = {"input": {"x": 1}}
    address = f"{server.address}/api/v1"
    with httpx.Client(base_url=address, headers=caller.signed(), timeout=60) as client:
        run = client.post(f"/scores/{score.id}/runs", json=body).raise_for_status().json()
        with client.stream("GET", f"/runs/{run['id']}/events") as answer:
            assert answer.headers["content-type"] == "text/event-stream"
            told = events(answer)
            assert next(told)["kind"] == "run.queued"
            with RunningCluster(child_environment):
                rest = list(told)

        assert [event["number"] for event in rest] == [2, 3, 4]
        assert [event["kind"] for event in rest] == CHAIN[1:]
        assert client.get(f"/runs/{run['id']}").json()["status"] == "succeeded"
        nodes = client.get(f"/runs/{run['id']}/nodes").json()["items"]
        assert [(node["node"], node["status"]) for node in nodes] == [("only", "succeeded")]
        done = client.get(f"/runs/{run['id']}/events", headers={"Last-Event-ID": "4"})
        assert (done.status_code, done.content) == (204, b"")
        rerun = client.get(f"/runs/{run['id']}/events", headers={"Last-Event-ID": "2"})
        assert [event["kind"] for event in events(rerun)] == CHAIN[2:]


def test_a_stream_goes_on_where_the_last_one_was_cut(
    server: RunningServer, caller: Caller, score: Score
) -> None:
    run = started(caller, score)

    with ExitStack() as stack:
        told = events(stream_of(server, caller, run, stack, Last_Event_ID="1"))
        cancel_run(run, by="test")
        assert [event["kind"] for event in told] == ["run.cancel_requested", "run.cancelled"]


def test_watchers_share_their_connections_and_are_told_after_a_restart_of_the_database(
    server: RunningServer, caller: Caller, score: Score
) -> None:
    run = started(caller, score)

    with ExitStack() as stack:
        watchers = [events(stream_of(server, caller, run, stack)) for _ in range(20)]
        for watcher in watchers:
            assert [event["kind"] for event in islice(watcher, 1)] == ["run.queued"]
        wait_until(lambda: of_the_feed() >= 2)
        assert of_the_feed() == 2
        assert connections() < 10

        end_other_sessions()
        cancel_run(run, by="test")
        for watcher in watchers:
            assert [event["number"] for event in watcher] == [2, 3]


def test_watchers_who_leave_give_their_connections_back(
    server: RunningServer, caller: Caller, score: Score
) -> None:
    run = started(caller, score)

    with ExitStack() as stack:
        watchers = [events(stream_of(server, caller, run, stack)) for _ in range(5)]
        for watcher in watchers:
            next(watcher)
        wait_until(lambda: of_the_feed() == 2)

    wait_until(lambda: of_the_feed() == 0)


def test_events_are_listed_too(caller: Caller, score: Score) -> None:
    run = started(caller, score)
    cancel_run(run, by="test")

    first = read(caller.get(f"/runs/{run.id}/events?limit=2", Accept="application/json"))
    path = f"/runs/{run.id}/events?limit=2&cursor={first['next_cursor']}"
    second = read(caller.get(path, Accept="application/json"))

    assert [event["number"] for event in first["items"] + second["items"]] == [1, 2, 3]
    assert second["items"][0]["kind"] == "run.cancelled"
    assert second["items"][0]["payload"] == {"by": "test"}
    assert second["next_cursor"] is None


def connections(doing: str = "%") -> int:
    """Those to this test's database, besides its own, by the last thing they did."""
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*) {OTHERS} and query like %s", [doing])
        return int(cursor.fetchone()[0])


def of_the_feed() -> int:
    return connections("LISTEN %") + connections("%FROM run_events WHERE%ORDER BY number LIMIT%")
