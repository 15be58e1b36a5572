"""Faults put into a player on purpose: each must turn the suite red."""

import asyncio
from collections.abc import Callable
from typing import Any


def no_fence() -> None:
    """What is written does not ask whose the run is now."""
    from runs.journal import commits, journal, statements

    fenced = "where id = %(run_id)s and fence = %(fence)s and status = 'running'"
    one = _without(statements.ONE, fenced, "where id = %(run_id)s")
    joined = "on run.id = owner.run_id and run.fence = owner.fence"
    for name in ("FEW", "BATCH"):
        batch = _without(getattr(statements, name), joined, "on run.id = owner.run_id")
        batch = _without(batch, "and live.fence = given.fence\n   order", "\n   order")
        vars(commits)[name] = batch
    vars(commits).update(ONE=one)
    told = _without(statements.ONE_AND_TELL, fenced, "where id = %(run_id)s")
    vars(journal).update(ONE_AND_TELL=told, commit=_never_void(commits.commit))


def _never_void(commit: Callable[..., Any]) -> Callable[..., Any]:
    async def committed(*arguments: Any) -> Any:  # noqa: ANN401
        answer = await commit(*arguments)
        return answer._replace(void=set())

    return committed


def late_key() -> None:
    """The key of an effect is made anew by each life."""
    from runs.nodes.performance import Performance

    honest = Performance.context

    def context(self: Performance, *place: Any) -> Any:  # noqa: ANN401
        import dataclasses

        given = honest(self, *place)
        key = f"{given.idempotency_key}/{self.run.fence}"
        return dataclasses.replace(given, idempotency_key=key)

    Performance.context = context  # type: ignore[method-assign, assignment]


def early_ack() -> None:
    """What waits for the commit is told before it, and the disk is slow."""
    from runs.journal.journal import Journal

    honest = Journal._write_batch

    async def flush(self: Journal, claim: Any, sequence: int | None = None) -> None:  # noqa: ANN401
        await asyncio.sleep(0)

    async def write(self: Journal, batch: list[Any]) -> None:
        await asyncio.sleep(0.2)
        await honest(self, batch)

    Journal.flush = flush  # type: ignore[method-assign]
    Journal._write_batch = write  # type: ignore[method-assign]


def forgetful() -> None:
    """What was recorded is not looked at."""
    from runs.player.claiming import Claims

    async def recorded(*_: Any) -> dict[str, Any]:
        return {}

    Claims._recorded = recorded  # type: ignore[method-assign, assignment]


def _without(statement: str, part: str, instead: str) -> str:
    assert part in statement, "the planted fault no longer fits the statement"
    return statement.replace(part, instead)


PLANTS: dict[str, Callable[[], None]] = {
    plant.__name__: plant for plant in (no_fence, late_key, early_ack, forgetful)
}
