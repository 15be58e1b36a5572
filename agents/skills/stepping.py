"""A time limit for coroutines that costs nothing to those that never wait."""

import asyncio
from collections.abc import Coroutine, Generator
from types import coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


async def within(seconds: float, work: Coroutine[Any, Any, Result]) -> Result:
    """What it gives, or TimeoutError.

    It is begun before the timer is set: a pure operation ends in its first step, and a timer for
    each would be a good part of what such a node costs.
    """
    try:
        waits_for = work.send(None)
    except StopIteration as ended:
        return ended.value  # type: ignore[no-any-return]
    async with asyncio.timeout(seconds):
        return await _rest(work, waits_for)


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
