"""A player's process apart from the queue that rang for it, so that the queue can be killed beside it."""

import contextlib
import logging
import os
import signal
import time
from collections.abc import Iterator

from .lease import Exit
from .slots import own_cluster

DYING_SECONDS = 0.1

log = logging.getLogger(__name__)


@contextlib.contextmanager
def apart() -> Iterator[None]:
    """In a process group of its own, and back among the queue's workers afterwards.

    Ends the process when that queue is gone: nobody would ever ring for it again.
    """
    if own_cluster() is None:  # nobody would end it
        yield
        return
    queue, group = os.getppid(), os.getpgrp()
    os.setpgid(0, 0)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):  # the group is gone
            os.setpgid(0, group)
        time.sleep(DYING_SECONDS)  # a queue that was killed a moment before is gone by then
        if os.getppid() != queue:
            log.info("a player ends its process: its queue was started again meanwhile")
            os._exit(Exit.QUEUE_GONE)


def kill_player(pid: int) -> None:
    """With all that it has started."""
    with contextlib.suppress(ProcessLookupError):
        if os.getpgid(pid) == pid:
            os.killpg(pid, signal.SIGKILL)
        else:
            os.kill(pid, signal.SIGKILL)
