"""Those of one player who wait for the same places: one of them asks, run by run in turn."""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

Turn = asyncio.Future[None]


class Line:
    """Each run gets a turn before any gets its second, whatever the size of its maps."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[Turn]] = {}  # by run; the first run is next
        self._is_taken = False
        self._news = asyncio.Event()
        self.free_in: float | None = None  # what the one who asks was told last

    def __len__(self) -> int:
        return self._is_taken + sum(len(turns) for turns in self._waiting.values())

    @asynccontextmanager
    async def turn(self, run: str) -> AsyncIterator[None]:
        """Alone at the head of the line until the block ends."""
        if self._is_taken:
            await self._wait_behind(run)
        self._is_taken = True
        try:
            yield
        finally:
            self._pass_on()

    async def news(self, seconds: float) -> None:
        """Until something may have changed, but no longer than this."""
        self._news.clear()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), seconds)

    def tell(self) -> None:
        """A place was given back, or this player ends."""
        self._news.set()

    async def _wait_behind(self, run: str) -> None:
        turn: Turn = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(run, deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._pass_on()  # the turn came and the cancellation at once
            raise

    def _pass_on(self) -> None:
        for turn in self._in_order():
            if not turn.done():
                turn.set_result(None)
                return
        self._is_taken = False

    def _in_order(self) -> Iterator[Turn]:
        while self._waiting:
            run = next(iter(self._waiting))
            turns = self._waiting.pop(run)
            turn = turns.popleft()
            if turns:
                self._waiting[run] = turns  # at the end now
            yield turn
