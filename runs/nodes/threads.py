"""Asking the database through Django from the loop: in a thread, and again while it is away."""

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import InterfaceError, OperationalError, close_old_connections

from runs.executor import Stop

from .performance import Performance

WAIT_SECONDS = 0.3

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


async def ask_database(
    performance: Performance,
    question: Callable[Given, Answer],
    *args: Given.args,
    **kwargs: Given.kwargs,
) -> Answer:
    """The answer to a question that may be asked twice.

    What the question raises passes through; Stop when the player stops while the database is away.
    """

    def ask() -> Answer:
        close_old_connections()
        try:
            return question(*args, **kwargs)
        finally:
            close_old_connections()

    loop = asyncio.get_running_loop()
    while not performance.stopping():
        try:
            return await loop.run_in_executor(performance.pool, ask)
        except (OperationalError, InterfaceError):
            await asyncio.sleep(WAIT_SECONDS)
    raise Stop
