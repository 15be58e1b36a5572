"""Processes whose queue was killed: the watchdog adopts them, and takes note of their ends.

Otherwise they go to the first process, which in a container may be one that never looks: then each
restart of the queue would leave zombies there.
"""

import contextlib
import ctypes
import os
import sys

PR_SET_CHILD_SUBREAPER = 36  # prctl(2)


def adopt_orphans() -> None:
    """From now on this process is the parent of what its children leave behind (Linux alone)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def bury_orphans(own: int | None) -> None:
    """Those that have ended. `own`: a child whose end somebody else wants to hear of."""
    looking = os.WEXITED | os.WNOHANG | os.WNOWAIT
    with contextlib.suppress(ChildProcessError):
        while (ended := os.waitid(os.P_ALL, 0, looking)) is not None and ended.si_pid != own:
            os.waitpid(ended.si_pid, os.WNOHANG)
