"""Named places where a test, or a curious deployer, lets the process die (`MAESTRO_CRASH`)."""

import os
import signal
from collections import Counter

from django.conf import settings

# The chaos suite lets processes freeze at the same places.
END = signal.SIGKILL

_passed: Counter[str] = Counter()


def crash_point(name: str) -> None:
    """Kill this process at once if `MAESTRO_CRASH` names this place; once per data folder.

    `name:3` is the third time that this process comes by.
    """
    point, _, turn = settings.MAESTRO_CRASH.partition(":")
    if name != point:
        return
    _passed[name] += 1
    if _passed[name] != int(turn or 1):
        return
    marker = settings.DATA_DIR / f"crashed-{name}"
    try:
        os.close(os.open(marker, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return
    os.kill(os.getpid(), END)
