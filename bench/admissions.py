"""What a call of a limited skill pays for its place, with so many calls under way beside it.

The floor: the row is locked, read and written by psycopg and committed, in turns with it; two of
those, because a place is also given back. `python -m bench.admissions`
"""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from bench.installation import installation

if TYPE_CHECKING:
    import psycopg

    from runs.models import Run

ROUNDS = 200
CROWDS = (0, 50, 500)  # calls under way
SCOPE = "bench.wait"
READ = "select holders, waiting, free_at from skill_places where workspace_id = %s for update"
WRITE = "update skill_places set holders = %s where workspace_id = %s"


def measure() -> None:
    from bench.scores import chain, save, start
    from runs.models import Run

    run = start(save("one", chain(1)))
    Run.objects.filter(pk=run.pk).update(status="running", player="bench", fence=1)
    for crowd in CROWDS:
        floor, place = asyncio.run(_measure(run, crowd))
        told = f"{place * 1000:.2f} ms to find a place and give it back, ratio {place / floor:.1f}"
        print(f"{crowd} calls under way: {told}", flush=True)


async def _measure(run: "Run", crowd: int) -> tuple[float, float]:
    from agents.skills.limits import Limits
    from runs.connections import connect_async
    from runs.limits import rows
    from runs.limits.admission import Claim

    connection = await connect_async()
    scopes, claim = {SCOPE: Limits(concurrency=crowd + 1)}, Claim(run.pk, 1)
    for number in range(crowd):
        await rows.ask(connection, run.workspace_id, scopes, f"held {number}", claim)

    async def place() -> None:
        verdict = await rows.ask(connection, run.workspace_id, scopes, "mine", claim)
        assert verdict.begin_in is not None
        await rows.leave(connection, run.workspace_id, scopes, "mine")

    async def floor() -> None:
        for _ in range(2):
            await _lock_and_write(connection, run.workspace_id)

    await place()
    took: dict[Callable[[], Awaitable[None]], list[float]] = {floor: [], place: []}
    for _ in range(ROUNDS):
        for way, times in took.items():
            began = time.perf_counter()
            await way()
            times.append(time.perf_counter() - began)
    await connection.close()
    return statistics.median(took[floor]), statistics.median(took[place])


async def _lock_and_write(connection: "psycopg.AsyncConnection", workspace: str) -> None:
    from psycopg.types.json import Jsonb

    async with connection.transaction():
        ((holders, *_),) = await (await connection.execute(READ, [workspace])).fetchall()
        await connection.execute(WRITE, [Jsonb(holders), workspace])


if __name__ == "__main__":
    with installation(clusters=0):
        measure()
