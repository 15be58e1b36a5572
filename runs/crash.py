"""Named places where a test, or a curious deployer, lets the process die (`MAESTRO_CRASH`)."""

import os
import signal

from django.conf import settings


def crash_point(name: str) -> None:
    """Kill this process at once if `MAESTRO_CRASH` names this place; once per data folder."""
    if name != settings.MAESTRO_CRASH:
        return
    marker = settings.DATA_DIR / f"crashed-{name}"
    try:
        os.close(os.open(marker, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return
    os.kill(os.getpid(), signal.SIGKILL)
