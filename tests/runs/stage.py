"""Playing runs in the test's own process, with the real claim, walk and journal."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from threading import Barrier

from django.db import connections

from agents.egress import Egress
from agents.llm import Models
from maestro.ids import new_id
from runs import claims
from runs.connections import connect
from runs.journal import Journal
from runs.limits import Places
from runs.models import Run
from runs.player.claiming import Claims
from runs.player.performing import Stage, perform

THREADS = 2


def play_here(run: Run) -> Run:
    """Play every queued run as far as it goes by itself; gives this one as it is then."""
    player = new_id("player")
    with connect() as connection:
        place = {"me": player, "cluster": "test", "host": "test", "pid": 1}
        connection.execute(claims.ENTER, place)
    asyncio.run(_play(player))
    run.refresh_from_db()
    return run


async def _play(player: str) -> None:
    journal, places = Journal(), Places(lambda: False)
    writer = asyncio.create_task(journal.write())
    with ThreadPoolExecutor(THREADS) as pool:
        async with aclosing(Egress.from_settings()) as http, aclosing(Models()) as models:
            stage = Stage(journal, pool, http, models, lambda: False, lambda: True, places)
            await places.read(await journal.connected())
            taken = await Claims(player).take(await journal.connected(), 10)
            await asyncio.gather(*(perform(one, stage) for one in taken))
        together = Barrier(THREADS)
        for _ in range(THREADS):
            pool.submit(_close_connections, together)
    await places.close()
    journal.close()
    await writer
    await journal.disconnect()


def _close_connections(together: Barrier) -> None:
    """In each thread of the pool once: the test's database cannot be dropped otherwise."""
    together.wait(5)
    connections.close_all()
