"""What a run has pinned stays until the run is there to be seen."""

from typing import Any

from django.db import connection

from maestro.errors import Conflict

from .pins import with_helpers

JSON = dict[str, Any]

# The lock that a foreign key takes, and no stronger: starts with one agent do not wait for each other.
HOLD = "SELECT id FROM agents WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE"


def hold_agents(pins: JSON) -> None:
    """Until this transaction ends, a delete of these agents waits, and then sees the run.

    Conflict when one was deleted since it was pinned.
    """
    scores = [pins, *pins.get("scores", {}).values()]
    named = {
        agent["id"]
        for score in scores
        for pinned in score["agents"].values()
        for agent in with_helpers(pinned)
    }
    if not named:
        return
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [sorted(named)])
        found = {row[0] for row in cursor.fetchall()}
    if gone := named - found:
        names = ", ".join(sorted(gone))
        raise Conflict(f"The agent {names} was deleted at the same moment; choose another one")
