"""The hard cap of a run's budget: money is set aside before each call to a model."""

import asyncio

from maestro.errors import NodeError
from maestro.numbers import money


class BudgetSpent(NodeError):
    """The next call might cost more than is left; it was not made."""

    code = "budget_spent"


class Allowance:
    """`spent` and what calls in flight may cost at most, against `budget`; in micro-dollars.

    A run is played in one loop at a time, so that this needs no row of its own.
    """

    def __init__(self, budget: int, spent: int) -> None:
        self.budget, self.spent = budget, spent
        self._in_flight: list[int] = []
        self._changed = asyncio.Condition()

    async def set_aside(self, *, most: int, likely: int) -> None:
        """Wait until the call can be afforded at its most; a single one goes at what is likely.

        So the cap is passed by less than one call. Raises BudgetSpent when there is not even that.
        """
        async with self._changed:
            while most > self._left():
                if not self._in_flight:
                    self._require(likely)
                    break
                await self._changed.wait()
            self._in_flight.append(most)

    async def settle(self, *, most: int, cost: int) -> None:
        """The call that was to cost `most` at most has cost this."""
        async with self._changed:
            self._in_flight.remove(most)
            self.spent += cost
            self._changed.notify_all()

    def _left(self) -> int:
        return self.budget - self.spent - sum(self._in_flight)

    def _require(self, likely: int) -> None:
        if likely > self.budget - self.spent:
            raise BudgetSpent(
                f"Of {money(self.budget, 4)} only {money(self.budget - self.spent, 4)} is left, less "
                f"than the next call is likely to cost ({money(likely, 4)}). It was not made.",
                budget_microdollars=self.budget,
                spent_microdollars=self.spent,
            )
