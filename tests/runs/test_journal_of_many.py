"""Batches that are large enough to be copied: the same promises as for a single row."""

import asyncio
from collections import Counter

import psycopg
import pytest

from runs.journal import Fenced, Journal, RunChange, commits, copying, journal
from runs.models import NodeStatus, Run, RunStatus

from .journals import claim, entry, kinds, playing, write

pytestmark = pytest.mark.django_db(transaction=True)

MANY = commits.COPY_FROM


@pytest.fixture(autouse=True)
def copies(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many entries each batch had that was copied."""
    copied: list[int] = []

    async def counting(*args: object) -> dict[str, bool]:
        copied.append(len(args[1]))  # type: ignore[arg-type]
        return await copying.copy(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(commits, "copy", counting)
    return copied


def record_many(journal: Journal, run: Run, prefix: str = "n") -> None:
    for number in range(MANY):
        journal.record(entry(run, f"{prefix}{number}"))


def test_many_rows_are_kept_as_one_is_with_what_the_run_came_to(copies: list[int]) -> None:
    run, other = playing(), playing()
    odd = 'tab\t line\n back\\slash \\N "quoted" ünï \x1f'

    async def work(journal: Journal) -> None:
        record_many(journal, run)
        more = {"error": {"message": odd}, "port": "p", "source_node_id": 7}
        journal.record(entry(other, "odd", text=odd, **more))
        journal.record(RunChange(run.id, 1, RunStatus.SUCCEEDED, output={"done": True}))

    write(work)

    assert copies == [MANY + 1]
    assert kinds(run) == ["node.succeeded"] * MANY + ["run.succeeded"]
    assert (run.output, run.progress, run.deaths) == ({"done": True}, True, 0)
    row = other.nodes.get()
    assert (row.output_json, row.error, row.port) == ({"text": odd}, {"message": odd}, "p")
    assert (row.input, row.attempt, row.fence, row.tokens_input) == (None, 1, 1, 0)
    assert row.source_node_id == 7
    assert kinds(other) == ["node.succeeded"]


def test_a_run_that_was_taken_over_leaves_nothing_in_a_large_batch(copies: list[int]) -> None:
    taken, mine = playing(), playing()
    Run.objects.filter(pk=taken.pk).update(fence=2)

    async def work(journal: Journal) -> None:
        record_many(journal, mine)
        record_many(journal, taken)
        journal.record(RunChange(taken.id, 1, RunStatus.SUCCEEDED))
        await journal.flush(claim(mine))
        journal.record(entry(taken, "later"))
        with pytest.raises(Fenced):
            await journal.flush(claim(taken))

    write(work)

    assert copies == [2 * MANY]
    assert (taken.nodes.count(), kinds(taken)) == (0, [])
    assert len(kinds(mine)) == MANY


def test_one_run_of_a_large_batch_that_cannot_be_kept_fails_alone(copies: list[int]) -> None:
    good, bad = playing(), playing()

    async def work(journal: Journal) -> None:
        record_many(journal, good)
        journal.record(entry(bad, "fine"))
        journal.record(entry(bad, "culprit", text="a\x00b"))
        await journal.flush(claim(good))
        with pytest.raises(Fenced):
            await journal.flush(claim(bad))

    write(work)

    assert copies == [MANY + 2]
    assert kinds(good) == ["node.succeeded"] * MANY
    assert kinds(bad) == ["node.succeeded", "run.failed"]
    assert (bad.error or {})["node"] == "culprit"


def test_what_others_ask_meanwhile_is_not_taken_back_with_a_large_batch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run, other = playing(), playing()

    async def work(journal: Journal) -> None:
        async def refused(*args: object) -> dict[str, bool]:
            asked = "update score_runs set errors = 7 where id = %s"
            await (await journal.connected()).execute(asked, [other.id])
            raise psycopg.DataError("no")

        monkeypatch.setattr(commits, "copy", refused)
        record_many(journal, run)
        await journal.flush(claim(run))

    write(work)

    other.refresh_from_db()
    assert other.errors == 7
    assert run.nodes.count() == MANY


def test_a_large_batch_whose_answer_was_lost_tells_nothing_twice(
    copies: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    run, commit = playing(), journal.__dict__["commit"]
    lost: list[bool] = []

    async def losing(*args: object) -> commits.Answer:
        answer: commits.Answer = await commit(*args)
        if not lost:
            lost.append(True)
            raise psycopg.OperationalError("the server closed the connection")
        return answer

    monkeypatch.setattr(journal, "commit", losing)

    async def work(journal: Journal) -> None:
        record_many(journal, run)
        await journal.flush(claim(run))

    write(work)

    assert copies == [MANY]
    assert kinds(run) == ["node.succeeded"] * MANY


def test_a_row_that_waits_is_settled_in_a_large_batch(copies: list[int]) -> None:
    run = playing()

    async def work(journal: Journal) -> None:
        await journal.flush(
            claim(run), journal.record(entry(run, "gate", status=NodeStatus.WAITING))
        )
        record_many(journal, run)
        journal.record(entry(run, "gate"))

    write(work)

    assert copies == [MANY + 1]
    assert run.nodes.get(node_key="gate").status == NodeStatus.SUCCEEDED
    assert Counter(kinds(run)) == {"node.waiting": 1, "node.succeeded": MANY + 1}


def test_an_intent_among_many_is_settled_in_place(copies: list[int]) -> None:
    run = playing()
    intent = {"effect": "write", "idempotency_key": "key"}

    async def work(journal: Journal) -> None:
        record_many(journal, run)
        journal.intend(entry(run, "mail", status=NodeStatus.RUNNING, **intent))
        await asyncio.sleep(0)
        await journal.flush(claim(run))
        record_many(journal, run, "m")
        journal.record(entry(run, "mail", **intent))

    write(work)

    assert copies == []
    assert run.nodes.get(node_key="mail").status == NodeStatus.SUCCEEDED
    assert run.nodes.count() == 2 * MANY + 1
    assert len(kinds(run)) == 2 * MANY + 2
