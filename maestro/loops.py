"""Runs that start one another through Maestro's own address: counted, and ended before they never end.

Every request of a run says in a header how deep it is; a start by REST reads it.
"""

from django.http import HttpRequest

from maestro.errors import Conflict

DEPTH_HEADER = "Maestro-Depth"
DEEPEST = 5  # runs that were each started by the one before


def depth_of(request: HttpRequest) -> int:
    """How many runs called one another to get here; Conflict for too many."""
    said = request.headers.get(DEPTH_HEADER, "")
    depth = int(said) if said.isascii() and said.isdigit() and len(said) < 4 else 0
    if depth > DEEPEST:
        message = (
            f"Runs start one another more than {DEEPEST} deep; one of them calls Maestro itself"
        )
        raise Conflict(message, depth=depth)
    return depth
