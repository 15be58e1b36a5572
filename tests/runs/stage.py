"""Playing runs in the test's own process, with the real claim, walk and journal."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, contextmanager
from pathlib import Path
from threading import Barrier

import pytest
from django.db import connections
from django.test import override_settings

from agents.egress import Egress
from agents.llm import Models
from maestro.ids import new_id
from runs import claims
from runs.connections import connect
from runs.journal import Journal
from runs.limits import Places
from runs.models import Run
from runs.player.claiming import Claims
from runs.player.handover import release
from runs.player.hosts import HostsOfWorkspaces
from runs.player.performing import Stage, perform
from runs.player.player import Player
from runs.player.slots import Slot

THREADS = 2


def play_here(run: Run) -> Run:
    """Play every queued run as far as it goes by itself; gives this one as it is then."""
    player = new_id("player")
    enter(player)
    asyncio.run(_play(player))
    run.refresh_from_db()
    return run


def enter(player: str) -> None:
    """With a long lease: nobody renews it, and a busy machine may take seconds from one step to the next."""
    with connect() as connection:
        place = {"me": player, "cluster": "test", "host": "test", "pid": 1}
        connection.execute(claims.ENTER, place)
        lease = (
            "update players set lease_until = clock_timestamp() + interval '1 hour' where id = %s"
        )
        connection.execute(lease, [player])


async def _play(player: str) -> None:
    journal, places = Journal(), Places(lambda: False)
    hosts = HostsOfWorkspaces()
    writer = asyncio.create_task(journal.write())
    with ThreadPoolExecutor(THREADS) as pool:
        try:
            async with aclosing(Egress.from_settings()) as http, aclosing(Models()) as models:
                stage = Stage(
                    journal, pool, http, models, lambda: False, lambda: True, places, hosts
                )
                await places.read(await journal.connected())
                await hosts.read(await journal.connected())
                taken = await Claims(player).take(journal.line, 10)
                await asyncio.gather(*(perform(one, stage) for one in taken))
        finally:
            together = Barrier(THREADS)
            for _ in range(THREADS):
                pool.submit(_close_connections, together)
            await places.close()
            journal.close()
            await writer
            await journal.disconnect()


class Relief:
    """A window that ends when `over` is set."""

    over = False

    def why_leave(self, **_: object) -> str | None:
        return "drain" if self.over else None

    def close(self) -> None:
        """Like a window's."""


def play_meanwhile(folder: Path, meanwhile: Callable[[Player], Awaitable[None]]) -> None:
    """A whole player plays, with ears and lease, until `meanwhile` has ended; slots are in `folder`."""

    async def both() -> None:
        slot, relief = Slot.take([0]), Relief()
        assert slot is not None
        player = Player(slot, relief)  # type: ignore[arg-type]
        await asyncio.to_thread(player.lease.enter, "test", "test")
        playing = asyncio.create_task(player.main())
        try:
            await meanwhile(player)
        finally:
            relief.over = True
            player.news.set()
            await playing
            await asyncio.to_thread(player.lease.join)

    with override_settings(DATA_DIR=folder):
        asyncio.run(both())


async def until(question: Callable[[], bool], patience: float = 60) -> None:
    """Ask in a thread, again and again; fails loudly after `patience`."""

    def ask() -> bool:
        try:
            return question()
        finally:
            connections.close_all()

    async with asyncio.timeout(patience):
        while not await asyncio.to_thread(ask):
            await asyncio.sleep(0.01)


class Killed(BaseException):
    """What a crash point does to a player of this process."""


@contextmanager
def dying_at(point: str, folder: Path) -> Iterator[None]:
    """A player of this process ends at the crash point, once; `play_here` raises Killed then."""
    with (
        pytest.MonkeyPatch.context() as patch,
        override_settings(MAESTRO_CRASH=point, DATA_DIR=folder),
    ):
        patch.setattr("runs.crash.os.kill", _die)
        patch.setattr("runs.crash._passed", Counter())
        yield


def play_and_die(run: Run, point: str, folder: Path) -> Run:
    """Play until the crash point; then, as after any death, the run is in the queue again."""
    with dying_at(point, folder), pytest.raises(Killed):
        play_here(run)
    run.refresh_from_db()
    release([str(run.player)])
    run.refresh_from_db()
    return run


def _die(pid: int, signal: int) -> None:
    raise Killed


def _close_connections(together: Barrier) -> None:
    """In each thread of the pool once: the test's database cannot be dropped otherwise."""
    together.wait(60)
    connections.close_all()
