"""Who watches a run hears of what became durable, though no commit tells it."""

import asyncio

import pytest

from runs import claims, stream
from runs.connections import EVENTS_CHANNEL, connect, connect_async
from runs.journal import Journal, RunChange, telling
from runs.models import Player, Run, RunStatus
from runs.stream import follow

from .journals import claim, entry, playing, write

pytestmark = pytest.mark.django_db(transaction=True)


def test_runs_with_news_are_told_also_what_was_last_before_the_end() -> None:
    one, other = playing(), playing()

    async def work(journal: Journal) -> None:
        await journal.flush(claim(one), journal.record(entry(one)))
        journal.record(entry(one, "b"))
        journal.record(entry(other))

    with connect() as listener:
        listener.execute(f"listen {EVENTS_CHANNEL}")
        write(work)
        untold = {one.id, other.id}
        for notice in listener.notifies(timeout=10):
            untold.discard(notice.payload)
            if not untold:
                break

    assert not untold


def test_what_could_not_be_told_is_told_later(monkeypatch: pytest.MonkeyPatch) -> None:
    run = playing()
    tell = telling.TELL
    monkeypatch.setattr(telling, "TELL", "select %(runs)s::text[], 1 / 0")
    monkeypatch.setattr(telling, "AGAIN_SECONDS", 0.01)

    async def work(journal: Journal) -> None:
        async with await connect_async() as listener:
            await listener.execute(f"listen {EVENTS_CHANNEL}")
            await journal.flush(claim(run), journal.record(entry(run)))
            await asyncio.sleep(3 * telling.PAUSE_SECONDS)
            monkeypatch.setattr(telling, "TELL", tell)
            async for notice in listener.notifies(timeout=10, stop_after=1):
                told.append(notice.payload)

    told: list[str] = []
    write(work)

    assert told == [run.id]


def test_what_a_dead_player_had_not_told_is_seen_when_it_is_buried() -> None:
    run = playing()
    player = Player.objects.create(
        id="pl_gone",
        cluster="co_x",
        host="h",
        pid=1,
        started=run.queued_at,
        lease_until=run.queued_at,
    )

    async def watch() -> list[str]:
        news = follow(run.id, after=run.last_event)
        hearing = asyncio.ensure_future(anext(news))
        await asyncio.to_thread(_until_somebody_listens)
        await asyncio.to_thread(_die_untold, run)
        happened = await hearing
        await news.aclose()  # type: ignore[attr-defined]
        return [one.kind for one in happened]

    assert asyncio.run(watch()) == ["node.succeeded"]
    assert not Player.objects.filter(pk=player.pk).exists()


def test_who_begins_to_watch_as_another_leaves_waits_for_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stream, "SECONDS_BEFORE_RECONNECTING", 3600)
    run = playing()

    async def end(journal: Journal) -> None:
        journal.record(RunChange(run.id, 1, RunStatus.SUCCEEDED))

    async def watch() -> list[str]:
        return [one.kind async for happened in follow(run.id) for one in happened]

    async def one_after_another() -> list[list[str]]:
        return [await watch(), await watch()]

    async def watch_twice() -> list[list[str]]:
        watching = asyncio.create_task(one_after_another())
        await asyncio.to_thread(_until_somebody_listens)
        await asyncio.to_thread(write, end)
        async with asyncio.timeout(20):
            return await watching

    assert asyncio.run(watch_twice()) == [["run.queued", "run.succeeded"]] * 2


def _until_somebody_listens() -> None:
    listening = "select exists (select from pg_stat_activity where query like 'LISTEN maestro%%')"
    with connect() as connection:
        while not connection.execute(listening).fetchone()[0]:  # type: ignore[index]
            pass


def _die_untold(run: Run) -> None:
    with connect() as connection:
        connection.execute(
            "update score_runs set last_event = last_event + 1 where id = %s", [run.id]
        )
        connection.execute(
            "insert into run_events (run_id, number, kind) values (%s, %s, 'node.succeeded')",
            [run.id, run.last_event + 1],
        )
        connection.execute(claims.BURY, {"judges": True})
