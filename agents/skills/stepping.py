"""A time limit for coroutines that costs nothing to those that never wait."""

import asyncio
from collections.abc import Coroutine, Generator
from types import coroutine
from typing import Any, Generic, TypeVar

Result = TypeVar("Result")


class Waiting(Generic[Result]):
    """A coroutine whose first step is done, and which waits for something."""

    def __init__(self, work: Coroutine[Any, Any, Result], waits_for: object) -> None:
        self._work, self._waits_for = work, waits_for

    async def within(self, seconds: float) -> Result:
        """What it gives, or TimeoutError. In the task that has begun it."""
        async with asyncio.timeout(seconds):
            return await _rest(self._work, self._waits_for)


def begin(work: Coroutine[Any, Any, Result]) -> Result | Waiting[Result]:
    """Its first step, in which a pure operation ends: no timer is set for it, nothing awaited."""
    try:
        return Waiting(work, work.send(None))
    except StopIteration as ended:
        return ended.value  # type: ignore[no-any-return]


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
