"""What an audition is going to cost, from what the same inputs cost before. Pure."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from agents.llm.tokens import Band, Tokens, cost_of

CHARACTERS_A_TOKEN = 3.5
SHORTER, LONGER = 0.7, 1.5  # how much an answer's length is taken to vary
A_CENT = 10_000
SIDE_BY_SIDE = 4  # calls in flight besides the one that may always be made
UNKNOWN_OUTPUT = 300  # tokens, where nothing was recorded


@dataclass(frozen=True, slots=True)
class Forecast:
    """Micro-dollars: what is expected, with the range from shorter to longer answers; `most` is what a
    single call may cost."""

    rows: int
    expected: int
    low: int
    high: int
    most: int

    @property
    def default_budget(self) -> int:
        """What longer answers would cost, with room for calls side by side, each of which holds `most`
        while it is made; that room at most ten times the rest. In whole cents."""
        room = min(SIDE_BY_SIDE * self.most, 10 * max(self.high, A_CENT))
        return -(-max(self.high + room, 1) // A_CENT) * A_CENT

    def as_json(self) -> dict[str, int]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class RecordedCost:
    """Of one row: the tokens of its own calls, and what the calls of tools in it cost beside."""

    tokens: Tokens
    beside: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """Who answers the rows: at which prices, told by how many characters more than then, and with
    answers of how many tokens at most."""

    prices: Sequence[Band]
    longer: int
    max_tokens: int


def forecast(recorded: Sequence[RecordedCost], asked: Sequence[Asked]) -> Forecast:
    """What it costs when all of `asked` answer all rows."""
    longest = max((row.tokens.prompt for row in recorded), default=0)
    most = max(
        cost_of(Tokens(input=2 * longest, output=one.max_tokens), one.prices) for one in asked
    )
    expected = low = high = 0
    for one in asked:
        more = Tokens(input=round(one.longer / CHARACTERS_A_TOKEN))
        for row in recorded:
            prompt = _at_least_nothing(row.tokens + more)
            expected += cost_of(prompt, one.prices) + row.beside
            low += cost_of(_with_output(prompt, SHORTER), one.prices)
            high += cost_of(_with_output(prompt, LONGER), one.prices) + 2 * row.beside
    return Forecast(len(recorded), expected, low, high, most)


def tokens_or_guess(tokens: Tokens, characters: int) -> Tokens:
    """What was recorded; of a recording without any, what so many characters come to."""
    if tokens != Tokens():
        return tokens
    return Tokens(input=round(characters / CHARACTERS_A_TOKEN), output=UNKNOWN_OUTPUT)


def _with_output(tokens: Tokens, factor: float) -> Tokens:
    fields = asdict(tokens)
    return Tokens(**{**fields, "output": round(tokens.output * factor)})


def _at_least_nothing(tokens: Tokens) -> Tokens:
    fields = asdict(tokens)
    return Tokens(**{**fields, "input": max(0, tokens.input)})
