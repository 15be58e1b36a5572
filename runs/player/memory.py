"""How much memory this process holds, and how it is looked after."""

import gc
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


def settle_memory() -> None:
    """What is loaded now stays: the collector need not look at all of it again and again, as it
    would at each ten thousandth object that a large map makes."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
