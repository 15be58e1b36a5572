"""LangGraph with its PostgreSQL saver. Run by the peers' own Python: `langgraph_peer.py ADDRESS`.

It has no queue: many runs are played by two processes, 20 at a time, without submit or claim.
"""

import asyncio
import json
import multiprocessing
import operator
import statistics
import sys
import time
import uuid
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypedDict

from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.graph import END, START, StateGraph
from langgraph.types import Command, Send

ROUNDS = 3
DURABILITY = {"A": "sync", "B": "async"}


class State(TypedDict):
    x: int
    results: Annotated[list[int], operator.add]


def chain(length: int) -> Any:  # noqa: ANN401
    graph = StateGraph(State)
    for number in range(length):
        graph.add_node(f"n{number}", lambda state: {"x": state["x"]})
        graph.add_edge(f"n{number - 1}" if number else START, f"n{number}")
    return graph


def mapped(count: int) -> Any:  # noqa: ANN401
    """Three stages of `count` tasks each: faster here than a subgraph per item."""
    graph = StateGraph(State)
    graph.add_node("fan", lambda state: Command(goto=[Send("a", {"x": n}) for n in range(count)]))
    graph.add_node("a", lambda item: Command(goto=Send("b", item)))
    graph.add_node("b", lambda item: Command(goto=Send("c", item)))
    graph.add_node("c", lambda item: {"results": [item["x"]]})
    graph.add_edge(START, "fan")
    graph.add_edge("c", END)
    return graph


def waiting(count: int, seconds: float) -> Any:  # noqa: ANN401
    async def wait(item: State) -> dict[str, list[int]]:
        await asyncio.sleep(seconds)
        return {"results": [item["x"]]}

    graph = StateGraph(State)
    graph.add_node("fan", lambda state: Command(goto=[Send("w", {"x": n}) for n in range(count)]))
    graph.add_node("w", wait)
    graph.add_edge(START, "fan")
    graph.add_edge("w", END)
    return graph


async def play(graph: Any, durability: str, at_once: int | None = None) -> None:  # noqa: ANN401
    config = {"configurable": {"thread_id": uuid.uuid4().hex}, "max_concurrency": at_once}
    config["recursion_limit"] = 100
    await graph.ainvoke({"x": 1, "results": []}, config, durability=durability)


async def median(work: Callable[[], Awaitable[None]]) -> float:
    took = []
    for _ in range(ROUNDS + 1):
        began = time.perf_counter()
        await work()
        took.append(time.perf_counter() - began)
    return statistics.median(took[1:])


def share(address: str, runs: int, together: Any) -> None:  # noqa: ANN401
    """One of the two processes of the many runs."""

    async def main() -> None:
        async with AsyncPostgresSaver.from_conn_string(address) as saver:
            graph, gate = chain(10).compile(checkpointer=saver), asyncio.Semaphore(20)

            async def one() -> None:
                async with gate:
                    await play(graph, "sync")

            await play(graph, "sync")
            together.wait()
            await asyncio.gather(*(one() for _ in range(runs)))
            together.wait()

    asyncio.run(main())


def many(address: str) -> float:
    context = multiprocessing.get_context("spawn")
    together = context.Barrier(3)
    made = [context.Process(target=share, args=(address, 100, together)) for _ in range(2)]
    for process in made:
        process.start()
    together.wait()
    began = time.perf_counter()
    together.wait()
    took = time.perf_counter() - began
    for process in made:
        process.join()
    return took


async def measure(address: str) -> dict[str, float]:
    found: dict[str, float] = {}
    async with AsyncPostgresSaver.from_conn_string(address) as saver:
        await saver.setup()
        forty, each, wait = (
            graph.compile(checkpointer=saver)
            for graph in (chain(40), mapped(1000), waiting(200, 0.2))
        )
        for guarantee, durability in DURABILITY.items():
            found[f"chain {guarantee}"] = await median(lambda d=durability: play(forty, d))
            found[f"map {guarantee}"] = await median(lambda d=durability: play(each, d))
        found["waits"] = await median(lambda: play(wait, "sync", 50))
    return found


if __name__ == "__main__":
    figures = asyncio.run(measure(sys.argv[1]))
    figures["runs"] = many(sys.argv[1])
    print(json.dumps(figures))
