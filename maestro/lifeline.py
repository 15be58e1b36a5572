"""A child of `manage.py up` ends when `up` is gone, however it went: it holds the reading end of a pipe
whose writing end only `up` has."""

import os
import signal
import threading
import time

VARIABLE = "MAESTRO_LIFELINE"
SECONDS_TO_END = 25


def follow() -> None:
    """Ends this process when its parent is gone. Without a lifeline in the environment: does nothing."""
    descriptor = os.environ.pop(VARIABLE, "")
    if descriptor:
        threading.Thread(
            target=_end_with, args=(int(descriptor),), name="lifeline", daemon=True
        ).start()


def _end_with(descriptor: int) -> None:
    os.read(descriptor, 1)  # nothing is ever written: it returns when the other end closes
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(SECONDS_TO_END)
    os._exit(1)
