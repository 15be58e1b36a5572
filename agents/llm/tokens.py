"""What a model call used, and what that costs. Pure."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens by the price they have; `input` leaves out what was read from or written to a cache."""

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write_5m: int = 0
    cache_write_1h: int = 0

    @property
    def prompt(self) -> int:
        """The whole prompt's length, which decides the price band."""
        return self.input + self.cache_read + self.cache_write_5m + self.cache_write_1h

    def __add__(self, other: "Tokens") -> "Tokens":
        return Tokens(*map(sum, zip(astuple(self), astuple(other), strict=True)))


@dataclass(frozen=True, slots=True)
class Band:
    """Prices for prompts of at least `prompt_tokens_from`: micro-dollars per million tokens."""

    prompt_tokens_from: int
    input: int
    output: int
    cache_read: int
    cache_write_5m: int
    cache_write_1h: int


def cost_of(tokens: Tokens, bands: Sequence[Band]) -> int:
    """Micro-dollars of one call, rounded once, half up. `bands` is not empty.

    A prompt below every band is charged by the lowest.
    """
    reached = [band for band in bands if band.prompt_tokens_from <= tokens.prompt]
    lowest = min(bands, key=lambda band: band.prompt_tokens_from)
    band = max(reached, key=lambda band: band.prompt_tokens_from, default=lowest)
    exact = (
        tokens.input * band.input
        + tokens.output * band.output
        + tokens.cache_read * band.cache_read
        + tokens.cache_write_5m * band.cache_write_5m
        + tokens.cache_write_1h * band.cache_write_1h
    )
    return (exact + MILLION // 2) // MILLION
