"""Playing runs in this process, by the claim, the walk and the journal that a worker has."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self

from agents.egress import Egress
from agents.llm import Models
from maestro.ids import new_id
from runs import claims
from runs.connections import connect
from runs.journal import Journal
from runs.limits import Places
from runs.player.claiming import Claims
from runs.player.hosts import HostsOfWorkspaces
from runs.player.memory import settle_memory
from runs.player.performing import Stage, perform

ENDLESS = "update players set lease_until = clock_timestamp() + interval '1 hour'"


class Playing:
    """A player without a slot, a lease or a cluster: what is measured is how it plays."""

    def __enter__(self) -> Self:
        self._player = new_id("player")
        self._claims = Claims(self._player)
        self._runner = asyncio.Runner()
        with connect() as connection:
            place = {"me": self._player, "cluster": "bench", "host": "bench", "pid": 1}
            connection.execute(claims.ENTER, place)
            connection.execute(ENDLESS)
        self._runner.run(self._open())
        settle_memory()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._runner.run(self._close())
        self._runner.close()
        with connect() as connection:
            connection.execute(claims.LEAVE, {"players": [self._player]})

    def play(self) -> float:
        """Play what is queued; the seconds from the claim until its end is durable."""
        return self._runner.run(self._play())

    async def _open(self) -> None:
        self._journal, self._places = Journal(), Places(lambda: False)
        self._writer = asyncio.create_task(self._journal.write())
        self._pool = ThreadPoolExecutor(8)
        self._http, self._models = Egress.from_settings(), Models()
        await self._places.read(await self._journal.connected())

    async def _play(self) -> float:
        stage = Stage(
            self._journal,
            self._pool,
            self._http,
            self._models,
            lambda: False,
            lambda: True,
            self._places,
            HostsOfWorkspaces(),
        )
        began = time.perf_counter()
        taken = await self._claims.take(self._journal.line, 10)
        await asyncio.gather(*(perform(one, stage) for one in taken))
        return time.perf_counter() - began

    async def _close(self) -> None:
        await self._places.close()
        self._journal.close()
        await self._writer
        await self._journal.disconnect()
        await self._http.aclose()
        await self._models.aclose()
        self._pool.shutdown()
