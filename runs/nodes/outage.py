"""Asking Maestro's own database while a node plays: again and again while it is away.

Without a database the player's lease ends, and so does the asking: with Stop.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import ParamSpec, TypeVar

from django.db import InterfaceError, OperationalError

from agents.skills.operation import Operation
from agents.skills.outcome import Outcome
from maestro.errors import TimedOut
from runs.executor import Stop

from .performance import Performance
from .together import on_fresh_connection

DATABASE_WAIT_SECONDS = 0.3

Given = ParamSpec("Given")
Found = TypeVar("Found")
Question = TypeVar("Question")


async def ask_database(
    performance: Performance,
    question: Callable[Given, Found],
    *args: Given.args,
    **kwargs: Given.kwargs,
) -> Found:
    """What `question(...)` gives, in a thread of the pool; one that may be asked twice.

    What it raises passes through, but for a lost connection.
    """
    asked = partial(question, *args, **kwargs)
    return await _asked_until_known(performance, lambda: in_thread(performance, asked))


async def ask_together(
    performance: Performance,
    answer_all: Callable[[Sequence[Question]], Sequence[Found]],
    question: Question,
) -> Found:
    """The same, in one go with what the player's other nodes ask: `answer_all` is told all of it."""
    together, pool = performance.together, performance.pool
    return await _asked_until_known(performance, lambda: together.ask(pool, answer_all, question))


async def _asked_until_known(
    performance: Performance, ask: Callable[[], Awaitable[Found]]
) -> Found:
    while performance.holds():
        try:
            return await ask()
        except (OperationalError, InterfaceError):
            await asyncio.sleep(DATABASE_WAIT_SECONDS)
    raise Stop


async def ask_until_answered(
    performance: Performance, operation: Operation, ask: Callable[[], Awaitable[Outcome]]
) -> Outcome:
    """A call that reads Maestro's own tables.

    Raises TimedOut when the database stays away for longer than the operation may take.
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


async def in_thread(performance: Performance, act: Callable[[], Found]) -> Found:
    """`act()` in the pool, on a connection that is none too old."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(performance.pool, on_fresh_connection, act)
