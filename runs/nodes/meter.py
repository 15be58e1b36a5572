"""What one attempt of a node spends on models, at the prices pinned to its run."""

from dataclasses import asdict
from typing import Any

from agents.llm.errors import ModelWithoutPrice
from agents.llm.tokens import Band, Tokens, cost_of
from runs.journal import Usage

JSON = dict[str, Any]


class Meter:
    """Adds up the calls; `prices` are bands by model, as `runs.actions.pins` wrote them."""

    def __init__(self, prices: JSON) -> None:
        self._prices = prices
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

    def add(self, model: str, tokens: Tokens) -> None:
        """A call that was made, whether or not it gave an answer."""
        bands = [Band(**band) for band in self._prices[model]]
        self.model = model
        self.usage += Usage(**asdict(tokens), cost_microdollars=cost_of(tokens, bands))

    def columns(self) -> JSON:
        """What the attempt's row says of it; from then on it counts as said."""
        told = {"model": self.model, "usage": self.usage, "counted": self.counted}
        self.counted = self.usage
        return told
