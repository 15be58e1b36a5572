"""A time limit that is only set for what waits."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import pytest

from agents.skills.stepping import Waiting, begin

Result = TypeVar("Result")


async def within(seconds: float, work: Coroutine[Any, Any, Result]) -> Result:
    begun = begin(work)
    return await begun.within(seconds) if isinstance(begun, Waiting) else begun


async def at_once() -> str:
    return "done"


async def after(steps: int) -> str:
    for _ in range(steps):
        await asyncio.sleep(0)
    await asyncio.sleep(0.001)
    return "done"


def test_what_never_waits_needs_no_loop() -> None:
    assert begin(at_once()) == "done"


@pytest.mark.parametrize("steps", [0, 3])
def test_what_waits_gives_its_result_all_the_same(steps: int) -> None:
    assert asyncio.run(within(5, after(steps))) == "done"
    assert asyncio.run(within(5, at_once())) == "done"


def test_what_waits_too_long_is_cut_off_and_may_clean_up() -> None:
    cleaned: list[str] = []

    async def long() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            cleaned.append("yes")

    with pytest.raises(TimeoutError):
        asyncio.run(within(0.01, long()))
    assert cleaned == ["yes"]


def test_what_is_cancelled_hears_of_it() -> None:
    heard: list[str] = []

    async def waiting() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            heard.append("cancelled")
            raise

    async def main() -> None:
        task = asyncio.create_task(within(5, waiting()))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert heard == ["cancelled"]


def test_an_error_passes_through_before_and_after_a_wait() -> None:
    async def breaks(waits: int) -> None:
        await after(waits) if waits else None
        raise LookupError("broken")

    for waits in (0, 2):
        with pytest.raises(LookupError):
            asyncio.run(within(5, breaks(waits)))
