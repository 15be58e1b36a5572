"""What one attempt of a node spends on models, at the prices pinned to its run."""

from dataclasses import asdict
from typing import Any

from agents.llm.bounds import most_cost
from agents.llm.errors import LimitReached, ModelWithoutPrice
from agents.llm.exchange import Request
from agents.llm.parameters import Limits
from agents.llm.tokens import Band, Tokens, cost_of
from runs.journal import Usage

JSON = dict[str, Any]
MICRODOLLARS = 1_000_000


class Meter:
    """Adds up the calls; `prices` are bands by model, as `runs.actions.pins` wrote them."""

    def __init__(
        self, prices: JSON, limits: Limits | None = None, above: "Meter | None" = None
    ) -> None:
        self._prices, self._limits, self._above = prices, limits or Limits(), above
        self._used = Usage()  # with what helpers used, who have rows of their own
        self.model: str | None = None
        self.usage = Usage()
        self.counted = Usage()  # what of it a row has already said

    def require(self, model: str) -> None:
        """ModelWithoutPrice when a call of it would count as free."""
        if not self._prices.get(model):
            message = (
                f"{model} had no price when the run started, so it is not called. Add its price to "
                "the model prices (zeros, if it is free) and start the run anew."
            )
            raise ModelWithoutPrice(message, model=model)

    def check(self) -> None:
        """LimitReached when no further call is allowed."""
        if self._above is not None:
            self._above.check()
        used = self._used
        tokens = used.input + used.output + used.cache_read
        tokens += used.cache_write_5m + used.cache_write_1h
        most, dearest = self._limits.max_total_tokens, self._limits.max_cost_microdollars
        if most is not None and tokens >= most:
            raise _limit_reached("max_total_tokens", f"{tokens:,} tokens", most)
        if dearest is not None and used.cost_microdollars >= dearest:
            cost = f"${used.cost_microdollars / MICRODOLLARS:.4f}"
            raise _limit_reached("max_cost_microdollars", cost, dearest)

    def most(self, model: str, request: Request) -> int:
        """Micro-dollars that a call may cost at most."""
        return most_cost(request, self._bands(model))

    def add(self, model: str, tokens: Tokens) -> int:
        """A call that was made, whether or not it gave an answer; what it cost."""
        cost = cost_of(tokens, self._bands(model))
        self.model = model
        used = Usage(**asdict(tokens), cost_microdollars=cost)
        self.usage += used
        self._count(used)
        return cost

    def _count(self, used: Usage) -> None:
        self._used += used
        if self._above is not None:
            self._above._count(used)

    def _bands(self, model: str) -> list[Band]:
        return [Band(**band) for band in self._prices[model]]

    def columns(self) -> JSON:
        """What the attempt's row says of it; from then on it counts as said."""
        told = {"model": self.model, "usage": self.usage, "counted": self.counted}
        self.counted = self.usage
        return told


def _limit_reached(limit: str, used: str, allowed: int) -> LimitReached:
    message = (
        f"The model is asked no more: {used} are used, and {limit} is {allowed:,}. Raise it in the "
        "agent or the node, or make the task smaller."
    )
    return LimitReached(message, limit=limit, allowed=allowed)
