"""Tells watchers which runs have news: soon after a commit, never within it.

A transaction that notifies holds a lock of the whole database until its commit is on the disk:
starts, claims and the commits of every player would stand in one line for it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress

import psycopg

from runs.connections import EVENTS_CHANNEL

PAUSE_SECONDS = 0.02  # what happens meanwhile is told with it
AGAIN_SECONDS = 0.5  # while the database is away, or takes none
TELL = f"select pg_notify('{EVENTS_CHANNEL}', run) from unnest(%(runs)s::text[]) as run"


class Telling:
    """What dies with its process untold is told when the player is buried: then all look again."""

    def __init__(self, connected: Callable[[], Awaitable[psycopg.AsyncConnection]]) -> None:
        self._connected = connected
        self._runs: set[str] = set()
        self._task: asyncio.Task[None] | None = None

    def of(self, runs: Iterable[str]) -> None:
        """Something of these runs is durable that was not told."""
        self._runs.update(runs)
        if self._task is None:
            self._task = asyncio.create_task(self._tell_all())

    async def finish(self) -> None:
        """Tell the rest now; what fails here is told by the burial."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        with suppress(psycopg.Error):
            await self._tell()

    async def _tell_all(self) -> None:
        pause = PAUSE_SECONDS
        try:
            while self._runs:
                await asyncio.sleep(pause)
                try:
                    await self._tell()
                    pause = PAUSE_SECONDS
                except psycopg.Error:
                    pause = AGAIN_SECONDS
        finally:
            self._task = None

    async def _tell(self) -> None:
        runs, self._runs = self._runs, set()
        if not runs:
            return
        try:
            connection = await self._connected()
            await connection.execute(TELL, {"runs": list(runs)})
        except BaseException:
            self._runs |= runs
            raise
