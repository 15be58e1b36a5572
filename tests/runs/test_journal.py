"""What the journal makes durable, and what it refuses."""

import asyncio
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from runs.journal import Fenced, Journal, RunChange, commits, journal, record_in
from runs.journal.journal import PILE
from runs.models import NodeStatus, Run, RunEvent, RunNode, RunStatus

from .journals import claim, entry, kinds, playing, write
from .worlds import workspace

pytestmark = pytest.mark.django_db(transaction=True)

NUL, HALF_A_PAIR = "a\x00b", "a\ud800b"


@pytest.mark.parametrize("text", [NUL, HALF_A_PAIR])
def test_what_the_database_cannot_keep_fails_its_own_run_alone(text: str) -> None:
    good, bad, other = playing(), playing(), playing()

    async def work(journal: Journal) -> None:
        journal.record(entry(good))
        journal.record(entry(bad, text=text))
        journal.record(entry(other))
        await journal.flush(claim(good))
        await journal.flush(claim(other))
        with pytest.raises(Fenced):
            await journal.flush(claim(bad))

    write(work)

    assert kinds(good) == kinds(other) == ["node.succeeded"]
    assert kinds(bad) == ["run.failed"]
    assert (bad.error or {})["code"] == "unstorable_output"


def test_the_node_that_cannot_be_kept_is_named_and_what_follows_it_is_void() -> None:
    run = playing()

    async def work(journal: Journal) -> None:
        journal.record(entry(run, "fine"))
        journal.record(entry(run, "culprit", text=NUL))
        intent = journal.intend(entry(run, "mail", status=NodeStatus.RUNNING, effect="write"))
        with pytest.raises(Fenced):
            await journal.flush(claim(run), intent)

    write(work)

    assert kinds(run) == ["node.succeeded", "run.failed"]
    assert (run.error or {})["node"] == "culprit"


def test_a_batch_repeated_because_its_answer_was_lost_tells_nothing_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run, commit = playing(), commits.commit
    lost: list[bool] = []

    async def losing(*args: object) -> commits.Answer:
        answer = await commit(*args)  # type: ignore[arg-type]
        if not lost:
            lost.append(True)
            raise psycopg.OperationalError("the server closed the connection")
        return answer

    monkeypatch.setattr(journal, "commit", losing)

    async def work(journal: Journal) -> None:
        journal.record(entry(run))
        await journal.flush(claim(run), journal.record(entry(run, "b")))

    write(work)

    assert kinds(run) == ["node.succeeded", "node.succeeded"]


def test_a_run_that_was_taken_over_is_told_and_its_neighbour_is_not() -> None:
    taken, mine = playing(), playing()
    Run.objects.filter(pk=taken.pk).update(fence=2)

    async def work(journal: Journal) -> None:
        journal.record(entry(taken))
        journal.record(entry(mine))
        await journal.flush(claim(mine))
        with pytest.raises(Fenced):
            await journal.flush(claim(taken))

    write(work)

    assert (kinds(taken), kinds(mine)) == ([], ["node.succeeded"])


def test_a_wait_that_was_cut_off_leaves_the_others_waiting_and_served() -> None:
    run = playing()

    async def work(journal: Journal) -> None:
        journal.record(entry(run))
        cut = asyncio.create_task(journal.flush(claim(run)))
        await asyncio.sleep(0)
        cut.cancel()
        await journal.flush(claim(run))

    write(work)

    assert kinds(run) == ["node.succeeded"]


def test_a_failed_write_keeps_the_key_and_the_time_of_its_intent() -> None:
    run, began = playing(), datetime.now(UTC)
    intent = {"status": NodeStatus.RUNNING, "effect": "write", "idempotency_key": "key"}

    async def work(journal: Journal) -> None:
        await journal.flush(claim(run), journal.intend(entry(run, started_at=began, **intent)))
        journal.record(entry(run, status=NodeStatus.FAILED, effect="write"))

    write(work)

    row = run.nodes.get()
    assert (row.status, row.idempotency_key, row.started_at) == (NodeStatus.FAILED, "key", began)


def test_a_run_that_parks_after_somebody_cancelled_it_is_cancelled() -> None:
    run = playing(cancel_requested=True)

    async def work(journal: Journal) -> None:
        journal.record(RunChange(run.id, 1, RunStatus.WAITING, waiting_for="gate"))

    write(work)

    assert kinds(run) == ["run.cancelled"]
    assert (run.status, run.waiting_for, run.finished_at is None) == ("cancelled", "", False)


def test_a_decision_that_came_before_the_run_parked_wakes_it_at_once() -> None:
    decided = datetime.now(UTC)
    run = playing(resume_at=decided)
    late = decided + timedelta(hours=1)

    async def work(journal: Journal) -> None:
        journal.record(RunChange(run.id, 1, RunStatus.WAITING, None, resume_at=late))

    write(work)

    run.refresh_from_db()
    assert run.resume_at == decided


def test_a_row_in_a_transaction_of_its_own_counts_only_under_the_newest_claim() -> None:
    run = playing(fence=2)

    with pytest.raises(Fenced), transaction.atomic(), connection.cursor() as cursor:
        workspace().notifications.create(level="event", title="not to be kept")
        record_in(cursor, entry(run))

    assert not workspace().notifications.exists()
    assert kinds(run) == []


def test_a_row_that_is_there_already_takes_its_transaction_back() -> None:
    run = playing()
    for _ in range(2):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                workspace().notifications.create(level="event", title="once")
                record_in(cursor, entry(run))
        except IntegrityError:
            continue

    assert workspace().notifications.count() == RunNode.objects.count() == 1
    assert kinds(run) == ["node.succeeded"]


def test_a_run_that_is_deleted_takes_its_rows_along_and_its_walk_writes_no_more() -> None:
    run = playing()

    async def work(journal: Journal) -> None:
        await journal.flush(claim(run), journal.record(entry(run, "a")))
        await asyncio.to_thread(_delete_by_hand, run)
        with pytest.raises(Fenced):
            await journal.flush(claim(run), journal.record(entry(run, "b")))

    write(work)

    assert not RunNode.objects.filter(run_id=run.pk).exists()
    assert not RunEvent.objects.filter(run_id=run.pk).exists()


def _delete_by_hand(run: Run) -> None:
    with connection.cursor() as cursor:
        cursor.execute("delete from score_runs where id = %s", [run.pk])
    connection.close()  # the thread's own


def test_a_walk_gives_way_when_it_has_piled_up_entries_since_the_writer_last_came() -> None:
    run = playing()

    async def work(journal: Journal) -> None:
        for number in range(2 * PILE - 2):
            if number == PILE - 1:
                assert not journal.runs_ahead()
                await journal.flush(claim(run))
            journal.record(entry(run, f"n{number}"))
        assert not journal.runs_ahead()
        journal.record(entry(run, "one_more"))
        assert journal.runs_ahead()

    write(work)

    assert len(kinds(run)) == 2 * PILE - 1
