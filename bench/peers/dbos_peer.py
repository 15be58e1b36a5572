"""DBOS. Run by the peers' own Python: `dbos_peer.py ADDRESS`.

Every step's output is committed before the next (guarantee A); it has no other.
"""

import asyncio
import json
import multiprocessing
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

from dbos import DBOS, DBOSClient

ROUNDS = 3
POLL_SECONDS = 0.02  # its default is 1


@DBOS.step()
async def step(value: int) -> int:
    return value


@DBOS.step()
async def wait(seconds: float) -> None:
    await asyncio.sleep(seconds)


@DBOS.workflow()
async def chain(length: int) -> int:
    value = 1
    for _ in range(length):
        value = await step(value)
    return value


@DBOS.workflow()
async def mapped(count: int) -> int:
    """Three stages of `count` steps each: faster here than a child workflow per item."""
    values = list(range(count))
    for _ in range(3):
        values = await asyncio.gather(*(step(value) for value in values))
    return len(values)


@DBOS.workflow()
async def waiting(count: int, seconds: float) -> None:
    gate = asyncio.Semaphore(50)

    async def one() -> None:
        async with gate:
            await wait(seconds)

    await asyncio.gather(*(one() for _ in range(count)))


def launch(address: str, name: str) -> None:
    DBOS(
        config={
            "name": "bench",
            "system_database_url": address,
            "executor_id": name,
            "application_version": "1",
            "log_level": "ERROR",
        }
    )
    DBOS.launch()
    DBOS.register_queue("runs", worker_concurrency=50, polling_interval_sec=POLL_SECONDS)


async def median(work: Callable[[], Awaitable[Any]]) -> float:
    took = []
    for _ in range(ROUNDS + 1):
        began = time.perf_counter()
        await work()
        took.append(time.perf_counter() - began)
    return statistics.median(took[1:])


def worker(address: str, name: str, ready: Any) -> None:  # noqa: ANN401
    """One of the two processes of the many runs."""
    launch(address, name)
    ready.release()
    time.sleep(600)


def many(address: str) -> float:
    context = multiprocessing.get_context("spawn")
    ready = context.Semaphore(0)
    made = [context.Process(target=worker, args=(address, f"w{n}", ready)) for n in range(2)]
    for process in made:
        process.start()
    for _ in made:
        ready.acquire()
    client = DBOSClient(system_database_url=address)
    wanted: Any = {"workflow_name": "chain", "queue_name": "runs", "app_version": "1"}
    client.enqueue(wanted, 10).get_result()
    began = time.perf_counter()
    handles = [client.enqueue(wanted, 10) for _ in range(200)]
    for handle in handles:
        handle.get_result()
    took = time.perf_counter() - began
    for process in made:
        process.kill()
    return took


async def measure() -> dict[str, float]:
    return {
        "chain A": await median(lambda: chain(40)),
        "map A": await median(lambda: mapped(1000)),
        "waits": await median(lambda: waiting(200, 0.2)),
    }


if __name__ == "__main__":
    launch(sys.argv[1], "main")
    figures = asyncio.run(measure())
    DBOS.destroy()
    figures["runs"] = many(sys.argv[1])
    print(json.dumps(figures))
