"""What many nodes ask at once is asked in one go, and no answer is older than its question."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from runs.nodes.together import Together

ROUND_SECONDS = 60


class Asked:
    """Doubles numbers; holds its first round until it is let go."""

    def __init__(self) -> None:
        self.rounds: list[list[int]] = []
        self.began, self.goes = Event(), Event()

    def double_all(self, numbers: Sequence[int]) -> list[int]:
        self.rounds.append(list(numbers))
        self.began.set()
        assert self.goes.wait(ROUND_SECONDS)
        if 13 in numbers:
            raise LookupError("thirteen")
        return [2 * number for number in numbers]


async def ask_during(asked: Asked, first: list[int], then: list[int]) -> list[object]:
    """`then` is asked while `first` is being answered."""
    together, double = Together(), asked.double_all
    with ThreadPoolExecutor(1) as pool:
        asks = [asyncio.create_task(together.ask(pool, double, n)) for n in first]
        await asyncio.to_thread(asked.began.wait, ROUND_SECONDS)
        asks += [asyncio.create_task(together.ask(pool, double, n)) for n in then]
        await asyncio.sleep(0)
        if then:
            asks[-1].cancel()
            await asyncio.sleep(0)
        asked.goes.set()
        return list(await asyncio.gather(*asks, return_exceptions=True))


async def test_what_is_asked_meanwhile_waits_for_the_next_round() -> None:
    asked = Asked()

    answers = await ask_during(asked, [1, 2], [3, 4, 5])

    assert asked.rounds == [[1, 2], [3, 4]]
    assert answers[:4] == [2, 4, 6, 8]
    assert isinstance(answers[4], asyncio.CancelledError)


async def test_a_round_that_breaks_is_broken_for_those_in_it() -> None:
    asked = Asked()

    answers = await ask_during(asked, [1, 13], [3, 4, 5])

    assert [type(answer) for answer in answers[:2]] == [LookupError, LookupError]
    assert answers[2:4] == [6, 8]


@pytest.mark.parametrize("times", [1, 3])
async def test_it_can_be_asked_again(times: int) -> None:
    together = Together()
    with ThreadPoolExecutor(1) as pool:
        for number in range(times):
            assert await together.ask(pool, lambda all: [-one for one in all], number) == -number
