"""What a node that no run has recorded may cost: its prompt's length, and plain assumptions. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from agents.llm.exchange import Request
from agents.llm.tokens import Band, Tokens, cost_of

from .figures import Range

BYTES_PER_TOKEN = 3
INPUT_TOKENS = 500  # of what flows in, and of each tool's answer
OUTPUT = (50, 400)  # the least and the usual; the most is max_tokens
TURNS = (1, 2)  # with tools; the most is max_turns
ITEMS = (1, 5, 25)  # of a map around it
WHY = (
    f"{INPUT_TOKENS} tokens flow in",
    f"an answer has {OUTPUT[1]} tokens, at most max_tokens",
    f"with tools it takes {TURNS[1]} turns, at most max_turns",
    f"a map has {ITEMS[1]} items, at most {ITEMS[2]}",
)


@dataclass(frozen=True, slots=True)
class Asker:
    """A node with the first request of its session, without input, at the prices of its model;
    `maps` are around it."""

    key: str
    request: Request
    bands: Sequence[Band]
    maps: int


def prompt_by_length(request: Request) -> int:
    """Tokens, as far as bytes can tell."""
    said = len(request.system.encode())
    said += sum(len(f"{t.name}{t.description}{t.input_schema}".encode()) for t in request.tools)
    return (said + len(str(request.schema or "").encode())) // BYTES_PER_TOKEN


def guess(asker: Asker, prompt: int) -> Range:
    """What one run would spend on it, with a prompt of so many tokens."""
    parameters = asker.request.parameters
    outputs = (*OUTPUT, parameters.max_tokens)
    turns = (*TURNS, parameters.max_turns) if asker.request.tools else (1, 1, 1)
    return Range(
        *(
            _cost(prompt, min(output, parameters.max_tokens), count, asker.bands)
            * (items**asker.maps)
            for output, count, items in zip(outputs, turns, ITEMS, strict=True)
        )
    )


def _cost(prompt: int, output: int, turns: int, bands: Sequence[Band]) -> int:
    """Each turn reads what the ones before it said."""
    return sum(
        cost_of(Tokens(prompt + INPUT_TOKENS + turn * (output + INPUT_TOKENS), output), bands)
        for turn in range(turns)
    )
