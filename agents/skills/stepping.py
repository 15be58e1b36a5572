"""Time limits for coroutines: one that costs nothing to those that never wait, and one that holds
also for those that swallow it."""

import asyncio
from collections.abc import Coroutine, Generator
from types import coroutine
from typing import Any, Generic, TypeVar

Result = TypeVar("Result")

GRACE_SECONDS = 4  # to clean up; less than a player waits for a walk that it cuts off

strays: set[asyncio.Task[Any]] = set()
"""What goes on unheard in this process, because it swallowed that it was cut off."""


class CutItself(TimeoutError):
    """The work ended as one that was cancelled, though nobody had cancelled it: what it waited for
    was. Left as it is, it would end its whole walk as if the player had been told to."""


class Waiting(Generic[Result]):
    """A coroutine whose first step is done, and which waits for something."""

    def __init__(self, work: Coroutine[Any, Any, Result], waits_for: object) -> None:
        self._work, self._waits_for = work, waits_for

    async def within(self, seconds: float) -> Result:
        """What it gives, or TimeoutError. In the task that has begun it."""
        try:
            async with asyncio.timeout(seconds):
                return await _rest(self._work, self._waits_for)
        except asyncio.CancelledError:
            if _is_cancelled():
                raise
            raise CutItself from None


def begin(work: Coroutine[Any, Any, Result]) -> Result | Waiting[Result]:
    """Its first step, in which a pure operation ends: no timer is set for it, nothing awaited."""
    try:
        return Waiting(work, work.send(None))
    except StopIteration as ended:
        return ended.value  # type: ignore[no-any-return]
    except asyncio.CancelledError:
        raise CutItself from None


async def held_to(seconds: float, work: Coroutine[Any, Any, Result]) -> Result:
    """What it gives, or TimeoutError, also where the work goes on in spite of it: then it is a stray.

    In a task of its own, which is what makes it possible to leave it.
    """
    task = asyncio.create_task(work)
    task.add_done_callback(_end_unheard)
    try:
        in_time, _ = await asyncio.wait({task}, timeout=seconds)
    finally:
        if not task.done():
            await _cut_off(task)
    if not task.done() or task.cancelled():
        raise CutItself if in_time else TimeoutError
    return task.result()


def _is_cancelled() -> bool:
    """Whether somebody asked this task to end."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def _cut_off(task: asyncio.Task[Any]) -> None:
    task.cancel()
    try:
        await asyncio.wait({task}, timeout=GRACE_SECONDS)
    finally:
        if not task.done():
            strays.add(task)


def _end_unheard(task: asyncio.Task[Any]) -> None:
    """Asked for its error, so that nobody writes into the log what may quote a secret."""
    strays.discard(task)
    if not task.cancelled():
        task.exception()


@coroutine
def _rest(
    work: Coroutine[Any, Any, Result], waits_for: object
) -> Generator[object, object, Result]:
    """`await work`, of which the first step is done."""
    while True:
        try:
            sent = yield waits_for
        except BaseException as thrown:
            going_on, given = work.throw, thrown
        else:
            going_on, given = work.send, sent  # type: ignore[assignment]
        try:
            waits_for = going_on(given)
        except StopIteration as ended:
            return ended.value  # type: ignore[no-any-return]
