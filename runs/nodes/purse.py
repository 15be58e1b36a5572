"""Money for one session: held before each call, booked after it, whatever became of it."""

import asyncio
import random
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from runs.budgets import (
    BudgetReached,
    Busy,
    Granted,
    Offer,
    Wish,
    reserve,
    reserve_unlimited,
    settle_all,
)
from runs.executor import Stop

from .outage import ask_database, ask_together
from .performance import Performance

LONGEST_WAIT = 60  # seconds for calls in flight to leave something
COME_BACK = timedelta(seconds=30)
LONGEST_PAUSE = 2.0


class Purse:
    """What a session of this run may take from its budgets."""

    def __init__(self, performance: Performance) -> None:
        self._performance = performance

    async def take(self, offers: Sequence[Offer]) -> Granted:
        """Hold what a call may cost; waits while others hold what is left.

        Raises BudgetReached, Fenced or Stop.
        """
        began, pause = time.monotonic(), 0.1
        while True:
            try:
                return await self._reserve(offers)
            except Busy:
                if time.monotonic() - began > LONGEST_WAIT:
                    raise _come_back() from None
            await asyncio.sleep(random.uniform(0.5, 1) * pause)
            if self._performance.stopping():
                raise Stop
            pause = min(2 * pause, LONGEST_PAUSE)

    async def pay(self, granted: Granted, microdollars: int) -> None:
        """Book what it did cost."""
        await ask_together(self._performance, settle_all, (granted.token, microdollars))

    async def _reserve(self, offers: Sequence[Offer]) -> Granted:
        run = self._performance.run
        wish = Wish(run.id, run.fence, uuid4(), offers[0])
        granted = await ask_together(self._performance, reserve_unlimited, wish)
        if granted is not None:
            return granted
        return await ask_database(self._performance, reserve, run.id, run.fence, wish.token, offers)


def _come_back() -> BudgetReached:
    message = "What is left of a budget is held by calls in flight; it is asked for again soon."
    at = datetime.now(UTC) + COME_BACK
    return BudgetReached(message, resume_at=at.isoformat())
