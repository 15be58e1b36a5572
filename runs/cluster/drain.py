"""One flag shared by every process that is forked from a cluster: stop taking work.

Not a multiprocessing Event: that has a lock, and a player killed while it asks would keep it.
"""

import multiprocessing


class Drain:
    """A byte of shared memory; made before the fork."""

    def __init__(self) -> None:
        self._flag = multiprocessing.get_context("fork").RawValue("b", 0)

    def set(self) -> None:
        self._flag.value = 1

    def is_set(self) -> bool:
        return bool(self._flag.value)


DRAIN = Drain()
