"""What an audition is going to cost, from what the same inputs cost before. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from agents.llm.tokens import Band, Tokens, cost_of

CHARACTERS_A_TOKEN = 3.5
SHORTER, LONGER = 0.7, 1.5  # how much an answer's length is taken to vary
LEAST_BUDGET = 10_000  # a cent
UNKNOWN_OUTPUT = 300  # tokens, where nothing was recorded


@dataclass(frozen=True, slots=True)
class Forecast:
    """Micro-dollars: what is expected, with the range from shorter to longer answers."""

    rows: int
    expected: int
    low: int
    high: int
    usual_output_tokens: int

    @property
    def default_budget(self) -> int:
        """What the longer answers would cost, in whole cents."""
        return max(LEAST_BUDGET, -(-self.high // LEAST_BUDGET) * LEAST_BUDGET)

    def as_json(self) -> dict[str, int]:
        return asdict(self)


def forecast(recorded: Sequence[Tokens], sides: Iterable[tuple[Sequence[Band], int]]) -> Forecast:
    """`recorded` are the tokens of each row; `sides` who answers them: its prices, and by how many
    characters its instructions are longer than those of then."""
    outputs = sum(tokens.output for tokens in recorded)
    expected = low = high = 0
    for prices, longer in sides:
        more = Tokens(input=round(longer / CHARACTERS_A_TOKEN))
        for tokens in recorded:
            prompt = _at_least_nothing(tokens + more)
            expected += cost_of(prompt, prices)
            low += cost_of(_with_output(prompt, SHORTER), prices)
            high += cost_of(_with_output(prompt, LONGER), prices)
    return Forecast(len(recorded), expected, low, high, round(outputs / max(1, len(recorded))))


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
