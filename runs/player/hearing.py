"""What a player hears of the database: news of runs, of places, of limits and of hosts."""

import asyncio
import contextlib

import psycopg

from agents.limits import LIMITS_CHANNEL
from maestro.workspaces.changing import HOSTS_CHANNEL
from runs.connections import PLACES_CHANNEL, RUNS_CHANNEL, connect_async
from runs.limits import Places

from .cutting import Cutting
from .hosts import HostsOfWorkspaces

LISTEN_PAUSE_SECONDS = 0.005  # after news: what is said meanwhile is heard in one go
RECONNECT_SECONDS = 0.5


class Hearing:
    """Marks what has changed, and sets `news` when there is something to do."""

    def __init__(
        self, news: asyncio.Event, cutting: Cutting, places: Places, hosts: HostsOfWorkspaces
    ) -> None:
        self._news = news
        self._cutting = cutting
        self._places = places
        self._hosts = hosts

    async def listen(self) -> None:
        """Until cancelled; through outages of the database."""
        while True:
            with contextlib.suppress(psycopg.Error):
                async with await connect_async() as connection:
                    await self._listen_over(connection)
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _listen_over(self, connection: psycopg.AsyncConnection) -> None:
        for channel in (RUNS_CHANNEL, PLACES_CHANNEL, LIMITS_CHANNEL, HOSTS_CHANNEL):
            await connection.execute(f"listen {channel}")
        # Whatever was said while nobody listened.
        self._cutting.asked = self._places.changed = self._hosts.changed = True
        self._news.set()
        while True:
            async for notice in connection.notifies(stop_after=1):
                self._hear(notice)
            await asyncio.sleep(LISTEN_PAUSE_SECONDS)

    def _hear(self, notice: psycopg.Notify) -> None:
        if notice.channel == PLACES_CHANNEL:
            self._places.tell()
            return
        self._places.changed |= notice.channel == LIMITS_CHANNEL
        self._hosts.changed |= notice.channel == HOSTS_CHANNEL
        self._cutting.asked |= notice.payload == "cancel"
        self._news.set()
