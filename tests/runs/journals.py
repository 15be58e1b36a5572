"""Runs that are being played, and a journal that writes what a test notes of them."""

import asyncio
from collections.abc import Awaitable, Callable

from runs.journal import Claim, Journal, NodeEntry
from runs.models import NodeStatus, Run
from tests.scores.graphs import graph, step

from .worlds import score, start


def playing(**columns: object) -> Run:
    """A run under its first claim."""
    made = score(graph(step("a")), slug=f"score-{Run.objects.count()}")
    run = start(made)
    Run.objects.filter(pk=run.pk).update(
        **{"status": "running", "player": "p", "fence": 1} | columns
    )
    return run


def claim(run: Run) -> Claim:
    return run.id, 1


def entry(run: Run, key: str = "a", text: str = "", **columns: object) -> NodeEntry:
    columns = {"status": NodeStatus.SUCCEEDED, "output": {"text": text}} | columns
    return NodeEntry(run.id, 1, key, "", **columns)  # type: ignore[arg-type]


def write(work: Callable[[Journal], Awaitable[None]]) -> None:
    """Do `work` with a journal; returns when all of it is durable."""

    async def main() -> None:
        journal = Journal()
        writer = asyncio.create_task(journal.write())
        try:
            await work(journal)
        finally:
            journal.close()
            await asyncio.wait_for(writer, 60)
            await journal.disconnect()

    asyncio.run(main())


def kinds(run: Run) -> list[str]:
    """The run's events after its start, which must be numbered without gaps."""
    run.refresh_from_db()
    events = list(run.events.all())
    assert [event.number for event in events] == list(range(1, run.last_event + 1))
    return [event.kind for event in events[1:]]
