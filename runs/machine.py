"""Which machine this is, and a clock that goes on while it sleeps."""

import os
import socket
import time
from pathlib import Path

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
PROCESS_SPACE = Path("/proc/self/ns/pid")
_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def machine() -> str:
    """Where a process number means one process: containers of one host have spaces of their own."""
    name = socket.gethostname()
    if not (BOOT_ID.exists() and PROCESS_SPACE.exists()):
        return name
    return f"{name} {BOOT_ID.read_text()[:8]} {os.stat(PROCESS_SPACE).st_ino:x}"


def is_alive(pid: int) -> bool:
    """Whether this machine has such a process, zombies apart."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not _is_zombie(pid)


def now() -> float:
    """Seconds by a clock that nobody sets; it counts the machine's sleep, where that can be had."""
    return time.clock_gettime(_CLOCK)


def _is_zombie(pid: int) -> bool:
    """Killed, but not yet waited for by its parent (Linux; elsewhere a lease decides)."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] == "Z"
