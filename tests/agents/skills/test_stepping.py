"""A time limit that is only set for what waits, and one that holds for what swallows it."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

import pytest

from agents.skills import stepping
from agents.skills.stepping import CutItself, Waiting, begin, held_to, strays

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


Limit = Callable[[float, Any], Awaitable[Any]]
both = pytest.mark.parametrize("limit", [within, held_to])


@both
@pytest.mark.parametrize("steps", [0, 3])
def test_what_waits_gives_its_result_all_the_same(limit: Limit, steps: int) -> None:
    async def main() -> list[str]:
        return [await limit(5, after(steps)), await limit(5, at_once())]

    assert asyncio.run(main()) == ["done", "done"]


@both
def test_what_waits_too_long_is_cut_off_and_may_clean_up(limit: Limit) -> None:
    cleaned: list[str] = []

    async def long() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            cleaned.append("yes")

    async def main() -> None:
        with pytest.raises(TimeoutError):
            await limit(0.01, long())
        assert cleaned == ["yes"] and not strays

    asyncio.run(main())


def test_what_swallows_that_its_time_is_up_goes_on_as_a_stray(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stepping, "GRACE_SECONDS", 0.01)

    async def main(*, cancels: bool) -> None:
        may_end = asyncio.Event()
        task = asyncio.create_task(_held(0.01 if not cancels else 5, _insist(may_end)))
        await asyncio.sleep(0)
        if cancels:
            task.cancel()
        with pytest.raises(asyncio.CancelledError if cancels else TimeoutError):
            await task
        (stray,) = strays
        may_end.set()
        await asyncio.wait({stray})
        assert not strays

    asyncio.run(main(cancels=False))
    asyncio.run(main(cancels=True))


async def _held(seconds: float, work: Any) -> object:  # noqa: ANN401
    return await held_to(seconds, work)


async def _insist(until: asyncio.Event) -> None:
    while not until.is_set():
        try:
            await until.wait()
        except asyncio.CancelledError:
            continue


@both
def test_what_is_cancelled_hears_of_it(limit: Limit) -> None:
    heard: list[str] = []

    async def waiting() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            heard.append("cancelled")
            raise

    async def main() -> None:
        task = asyncio.ensure_future(limit(5, waiting()))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert heard == ["cancelled"]


@both
@pytest.mark.parametrize("steps", [0, 2])
def test_what_ends_as_cancelled_though_nobody_cancelled_it_does_not_cancel_its_caller(
    limit: Limit, steps: int
) -> None:
    async def cut_itself() -> None:
        for _ in range(steps):
            await asyncio.sleep(0)
        raise asyncio.CancelledError

    async def main() -> None:
        with pytest.raises(CutItself):
            await limit(5, cut_itself())

    asyncio.run(main())


@both
def test_an_error_passes_through_before_and_after_a_wait(limit: Limit) -> None:
    async def breaks(waits: int) -> None:
        await after(waits) if waits else None
        raise LookupError("broken")

    async def main() -> None:
        for waits in (0, 2):
            with pytest.raises(LookupError):
                await limit(5, breaks(waits))

    asyncio.run(main())
