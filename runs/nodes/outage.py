"""A read of Maestro's own tables outlives a database that goes away and comes back."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from django.db import InterfaceError, OperationalError

from agents.skills.operation import Operation
from agents.skills.outcome import Outcome
from maestro.errors import TimedOut
from runs.executor import Stop

from .performance import Performance

DATABASE_WAIT_SECONDS = 0.3


async def ask_until_answered(
    performance: Performance, operation: Operation, ask: Callable[[], Awaitable[Outcome]]
) -> Outcome:
    """Ask again after each lost connection: nothing was changed.

    Raises TimedOut when the database stays away for longer than the operation may take, or Stop
    when the player lost its lease meanwhile.
    """
    patience = time.monotonic() + operation.timeout_seconds
    while performance.holds():
        try:
            return await ask()
        except (OperationalError, InterfaceError) as error:
            if time.monotonic() > patience:
                raise TimedOut(f"{operation.full_name} could not read: {error}") from error
            await asyncio.sleep(DATABASE_WAIT_SECONDS)
    raise Stop
