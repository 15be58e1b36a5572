"""What one call may cost at most, before anybody has counted its tokens. Pure."""

import json
from collections.abc import Sequence

from .exchange import Request
from .tokens import Band, Tokens, cost_of

BYTES_PER_TOKEN = 2  # English has four, dense scripts and numbers come near to this


def most_tokens(request: Request) -> Tokens:
    """The prompt by its length, and an answer as long as allowed; a prompt that is kept is written
    at the dearer price."""
    said: list[object] = [request.system, request.messages, request.schema]
    said += [[tool.name, tool.description, tool.input_schema] for tool in request.tools]
    prompt = len(json.dumps(said, ensure_ascii=False).encode()) // BYTES_PER_TOKEN
    output = request.parameters.max_tokens
    match request.parameters.cache:
        case "1h":
            return Tokens(output=output, cache_write_1h=prompt)
        case "5m":
            return Tokens(output=output, cache_write_5m=prompt)
    return Tokens(input=prompt, output=output)


def most_cost(request: Request, bands: Sequence[Band]) -> int:
    """In micro-dollars, at these prices."""
    return cost_of(most_tokens(request), bands)
