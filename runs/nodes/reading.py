"""Asking the database something while a node plays: in the pool, and patiently."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import ParamSpec, TypeVar

from django.db import InterfaceError, OperationalError, close_old_connections

from runs.executor import Stop

from .performance import Performance

DATABASE_WAIT_SECONDS = 0.3

Given = ParamSpec("Given")
Found = TypeVar("Found")


async def read(
    performance: Performance,
    question: Callable[Given, Found],
    *args: Given.args,
    **kwargs: Given.kwargs,
) -> Found:
    """What `question(...)` gives, asked again while the database is away.

    Without a database the lease ends, and so does this: with Stop.
    """
    loop = asyncio.get_running_loop()
    asked = partial(question, *args, **kwargs)
    while performance.holds():
        try:
            return await loop.run_in_executor(performance.pool, _in_thread, asked)
        except (OperationalError, InterfaceError):
            await asyncio.sleep(DATABASE_WAIT_SECONDS)
    raise Stop


def _in_thread(question: Callable[[], Found]) -> Found:
    close_old_connections()
    try:
        return question()
    finally:
        close_old_connections()
