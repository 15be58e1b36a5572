"""Trying again: how often, after which wait, and who waits."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maestro.errors import RateLimited
from runs import claims
from runs.connections import connect
from runs.models import NodeStatus, Run, RunStatus
from runs.nodes import waiting
from runs.nodes.waiting import LONGEST_ASKED_SECONDS, wait_seconds
from scores.document import NodeDocument, RetryPolicy
from tests.scores.graphs import graph, map_over, step

from .clusters import RunningCluster, ended, wait_until
from .stage import play_here
from .worlds import score, start

PICK = {"params": {"fields": ["ok"]}}
IMPATIENT = {"attempts": 3, "backoff_seconds": 0}


def flawed(key: str, log: Path, retry: dict[str, Any] | None = None, **params: Any) -> NodeDocument:
    """A node that fails `fails` times; `retry` is its policy."""
    params = {"operation": "flaw", "on_error": "fail", **params}
    operation, on_error = params.pop("operation"), params.pop("on_error")
    return step(
        key,
        skill="odd",
        operation=operation,
        on_error=on_error,
        retry=IMPATIENT if retry is None else retry,
        config={"params": {"log": str(log), **params}},
    )


def calls(log: Path) -> int:
    return len(log.read_text().splitlines()) if log.exists() else 0


def attempts(run: Run, key: str = "ask") -> list[tuple[int, str]]:
    rows = run.nodes.filter(node_key=key).order_by("attempt")
    return [(row.attempt, row.status) for row in rows]


@pytest.fixture
def log(transactional_db: None, packages: Path, tmp_path: Path) -> Path:
    return tmp_path / "log"


def test_a_node_is_tried_again_until_it_answers(log: Path) -> None:
    run = play_here(start(score(graph(flawed("ask", log, fails=2)))))

    assert run.status == RunStatus.SUCCEEDED
    assert attempts(run) == [(1, "failed"), (2, "failed"), (3, "succeeded")]


def test_and_not_more_often_than_its_policy_says(log: Path) -> None:
    run = play_here(start(score(graph(flawed("ask", log, fails=9)))))

    assert (run.status, (run.error or {})["code"]) == (RunStatus.FAILED, "unavailable")
    assert calls(log) == 3


def test_an_error_that_the_policy_does_not_name_is_final(log: Path) -> None:
    run = play_here(start(score(graph(flawed("ask", log, fails=1, code="node_error")))))

    assert (run.status, calls(log)) == (RunStatus.FAILED, 1)


def test_a_long_wait_parks_the_run_and_goes_on_with_the_next_attempt(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "IN_LOOP_SECONDS", 0)
    asks = flawed("ask", log, {"attempts": 2}, fails=1, code="rate_limited", retry_after=1.5)

    run = play_here(start(score(graph(asks, step("after", config=PICK), "ask -> after"))))

    assert (run.status, run.waiting_for, run.player) == (RunStatus.WAITING, "retry", None)
    assert run.resume_at is not None
    assert attempts(run) == [(1, "failed")]
    assert resumed(run).status == RunStatus.SUCCEEDED
    assert attempts(run) == [(1, "failed"), (2, "succeeded")]
    first, second = run.nodes.filter(node_key="ask").order_by("attempt")
    assert first.finished_at is not None and second.started_at is not None
    assert second.started_at - first.finished_at >= timedelta(seconds=1.4)


def test_a_run_woken_by_something_else_waits_on_for_its_retry(log: Path) -> None:
    asks = flawed("ask", log, {"attempts": 2}, fails=1, code="rate_limited", retry_after=60)
    run = play_here(start(score(graph(asks))))
    due = run.resume_at

    Run.objects.update(status=RunStatus.QUEUED)
    run = play_here(run)

    assert (run.status, run.resume_at, calls(log)) == (RunStatus.WAITING, due, 1)


def test_items_that_wait_for_a_retry_count_as_begun(log: Path) -> None:
    """Two at a time of five: while two wait, no other item is asked for."""
    asks = flawed("ask", log, {"attempts": 2}, fails=2, code="rate_limited", retry_after=60)
    document = graph(map_over("each", "ask", concurrency=2), asks, "each.item -> ask")

    run = play_here(start(score(document), {"items": [{}, {}, {}, {}, {}]}))

    assert (run.status, calls(log)) == (RunStatus.WAITING, 2)


def test_a_write_that_may_not_be_asked_again_is_not_after_a_restart_either(log: Path) -> None:
    posts = flawed("ask", log, fails=1, operation="flawed_post", on_error="continue")
    hold = NodeDocument(key="hold", kind="control", subkind="gate")
    run = play_here(start(score(graph(posts, hold))))
    assert run.status == RunStatus.WAITING

    Run.objects.update(status=RunStatus.QUEUED)
    play_here(run)

    assert calls(log) == 1


@pytest.mark.parametrize("seen", [1, 2, 3])
def test_attempts_stay_within_the_policy_under_kills(
    cluster: RunningCluster, tmp_path: Path, seen: int
) -> None:
    log = tmp_path / "log"
    policy = {"attempts": 4, "backoff_seconds": 0.5}
    run = start(score(graph(flawed("ask", log, policy, fails=99, seconds=0.2))))
    wait_until(lambda: calls(log) >= seen)

    cluster.kill_players()

    assert ended(run).status == RunStatus.FAILED
    assert attempts(run) == [(number, NodeStatus.FAILED) for number in (1, 2, 3, 4)]
    assert calls(log) <= 5  # the one that was cut in half is the same attempt again


def test_a_cluster_takes_a_parked_retry_up_again(cluster: RunningCluster, tmp_path: Path) -> None:
    log = tmp_path / "log"
    asks = flawed("ask", log, {"attempts": 2}, fails=1, code="rate_limited", retry_after=8)
    run = start(score(graph(asks)))
    wait_until(lambda: Run.objects.filter(status=RunStatus.WAITING).exists())

    assert ended(run).status == RunStatus.SUCCEEDED, run.error


@given(
    backoff=st.floats(0, 86_400),
    roof=st.floats(0, 86_400),
    attempt=st.integers(1, 20),
    asked=st.one_of(st.none(), st.floats(allow_nan=True), st.text(), st.integers()),
)
def test_a_wait_is_within_the_policy_and_never_shorter_than_asked(
    backoff: float, roof: float, attempt: int, asked: object
) -> None:
    policy = RetryPolicy(attempts=20, backoff_seconds=backoff, max_seconds=roof)

    seconds = wait_seconds(policy, attempt, RateLimited("Later.", retry_after=asked))

    assert 0 <= seconds <= max(roof, LONGEST_ASKED_SECONDS)
    if isinstance(asked, int):
        assert seconds >= min(asked, LONGEST_ASKED_SECONDS)


def resumed(run: Run) -> Run:
    """Woken when its time has come, and played on."""

    def woken() -> bool:
        with connect() as connection:
            connection.execute(claims.WAKE)
        return Run.objects.filter(pk=run.pk, status=RunStatus.QUEUED).exists()

    assert run.resume_at is not None and run.resume_at < datetime.now(UTC) + timedelta(seconds=5)
    wait_until(woken)
    return play_here(run)
