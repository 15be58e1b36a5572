"""How much memory this process holds."""

import resource
import sys
from pathlib import Path

STATM = Path("/proc/self/statm")
MEBIBYTE = 1024 * 1024


def resident_mebibytes() -> float:
    """Resident memory now; its peak where the system tells no more (macOS)."""
    if STATM.exists():
        return int(STATM.read_text().split()[1]) * resource.getpagesize() / MEBIBYTE
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / MEBIBYTE if sys.platform == "darwin" else peak / 1024
