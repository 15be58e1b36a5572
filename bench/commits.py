"""From how many rows on is COPY the cheaper commit? `python -m bench.commits`"""

import asyncio
import statistics
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bench.installation import installation

if TYPE_CHECKING:
    import psycopg

    from runs.journal import NodeEntry
    from runs.journal.entries import Noted

SIZES = (2, 10, 20, 40, 70, 100, 200, 400, 1000)
WAYS = {"one statement": 10**9, "COPY": 2}  # by the size from which COPY is used
ROUNDS = 15


def measure() -> None:
    """Both ways in turns, each batch of one run."""
    run = _playing()
    took = asyncio.run(_measure(run))
    for size in SIZES:
        medians = (statistics.median(took[way, size]) * 1000 for way in WAYS)
        told = ", ".join(f"{way} {ms:.2f} ms" for way, ms in zip(WAYS, medians, strict=True))
        print(f"{size} rows: {told}")


async def _measure(run: str) -> dict[tuple[str, int], list[float]]:
    from runs.connections import connect_async
    from runs.journal import commits
    from runs.line import Line

    took: dict[tuple[str, int], list[float]] = {(way, n): [] for way in WAYS for n in SIZES}
    connection, line = await connect_async(), Line()

    async def connected() -> "psycopg.AsyncConnection":
        return connection

    ways = commits.Ways(line, connected)
    for turn in range(ROUNDS):
        for (way, size), times in took.items():
            commits.COPY_FROM = WAYS[way]
            batch = [_noted(run, f"{way} {turn} {size} {number}") for number in range(size)]
            began = time.perf_counter()
            await commits.commit(ways, batch, again=False)
            times.append(time.perf_counter() - began)
    line.close()
    await connection.close()
    return took


def _playing() -> str:
    from bench.scores import chain, save, start
    from runs.models import Run

    run = start(save("one", chain(1)))
    Run.objects.filter(pk=run.pk).update(status="running", player="bench", fence=1)
    return run.id


def _noted(run: str, key: str) -> "Noted":
    from runs.journal.entries import Noted

    return Noted.of(_entry(run, key))


def _entry(run: str, key: str) -> "NodeEntry":
    from runs.journal import NodeEntry
    from runs.models import NodeStatus

    given, now = {"fields": ["x"], "x": 1}, datetime.now(UTC)
    return NodeEntry(
        run,
        1,
        key,
        "",
        NodeStatus.SUCCEEDED,
        port="success",
        input=given,
        output={"x": 1},
        operation="data.pick",
        effect="none",
        started_at=now,
        finished_at=now,
    )


if __name__ == "__main__":
    with installation(clusters=0):
        measure()
