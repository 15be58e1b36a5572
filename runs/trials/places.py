"""A trial's place among the calls of a limited skill: it waits in the same line as nodes do, but not for long."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from agents.models import SkillLimit
from agents.skills.operation import Operation
from maestro.errors import Conflict
from maestro.ids import new_id
from maestro.workspaces.models import Workspace
from runs.limits import LimitsOfWorkspaces, Places, claim_by_hand

WAIT_SECONDS = 5
MARGIN_SECONDS = 30  # beyond the call's own time, in which its place is not another's yet


def limits_in(workspace: Workspace) -> LimitsOfWorkspaces:
    """What counts for its calls, asked in this thread."""
    own = SkillLimit.objects.filter(workspace=workspace)
    limits = LimitsOfWorkspaces()
    limits.put(list(own.values_list("workspace_id", "name", "concurrency", "per_minute")))
    return limits


@asynccontextmanager
async def place_of_trial(
    workspace: Workspace, operation: Operation, limits: LimitsOfWorkspaces, seconds: float
) -> AsyncIterator[None]:
    """Held until the block ends, which takes so many seconds at most. Conflict when none comes soon."""
    scopes = limits.of(workspace.pk, operation)
    if not scopes:
        yield
        return
    ends = time.time() + WAIT_SECONDS + seconds + MARGIN_SECONDS
    claim = claim_by_hand(new_id("try"), ends)
    places = Places(lambda: False, limits)
    async with AsyncExitStack() as held:
        held.push_async_callback(places.close)
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                place = places.place(workspace.pk, claim, operation, may_park=False)
                await held.enter_async_context(place)
        except TimeoutError:
            allowed = "; ".join(f"{name}: {one.in_words()}" for name, one in scopes.items())
            raise Conflict(
                f"{operation.full_name} is at its limit ({allowed}), and no place came within "
                f"{WAIT_SECONDS} s. Nothing was called; try again later."
            ) from None
        yield
