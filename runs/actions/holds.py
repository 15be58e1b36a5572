"""What a run has pinned stays until the run is there to be seen."""

from typing import Any

from agents.models import Agent
from maestro.errors import Conflict

from .pins import with_helpers

JSON = dict[str, Any]

# Part of the run's insert: until that is committed, a delete of these agents waits, and then sees
# the run. The lock that a foreign key takes, and no stronger: starts with one agent do not wait for
# each other.
HELD = "held as (select id from agents where id = any(%(agents)s) order by id for key share),"
ALL_HELD = "where (select count(*) from held) = cardinality(%(agents)s)"


def agents_in(pins: JSON) -> list[str]:
    """The ids of all agents that these pins name, in order."""
    scores = [pins, *pins.get("scores", {}).values()]
    pinned = [one for score in scores for one in score.get("agents", {}).values()]
    return sorted({agent["id"] for one in pinned for agent in with_helpers(one)})


def refusal_without(agents: list[str]) -> Conflict:
    """Some of these were deleted since they were pinned."""
    there = Agent.objects.filter(id__in=agents).values_list("id", flat=True)
    names = ", ".join(sorted(set(agents) - set(there)))
    return Conflict(f"The agent {names} was deleted at the same moment; choose another one")
