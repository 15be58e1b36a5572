"""Is the graph of a size, and of characters, that can be kept and walked?"""

import json
from collections.abc import Iterator

from agents.skills.outcome import first_unfit
from scores.document import GraphDocument

from .issue import Issue, error

MAX_NODES = 500
MAX_EDGES = 5_000
MAX_BYTES = 1024 * 1024


def check_limits(document: GraphDocument) -> Iterator[Issue]:
    """Errors `too_large` and `not_storable`."""
    counts = [("nodes", len(document.nodes), MAX_NODES), ("edges", len(document.edges), MAX_EDGES)]
    for what, count, limit in counts:
        if count > limit:
            message = f"The graph has {count:,} {what}; {limit:,} are allowed. Split the score."
            yield error("too_large", message)
    if fault := _unstorable(document):
        yield error("not_storable", f"The graph cannot be kept: {fault}.")
        return
    size = len(json.dumps(document.content(), ensure_ascii=False).encode())
    if size > MAX_BYTES:
        yield error("too_large", f"The graph has {size:,} bytes; {MAX_BYTES:,} are allowed.")


def _unstorable(document: GraphDocument) -> str | None:
    try:
        return " ".join(first_unfit(document.model_dump(by_alias=True)) or ()) or None
    except (ValueError, RecursionError):
        return "something in it is nested too deeply"
