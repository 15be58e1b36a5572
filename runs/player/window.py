"""When a player leaves: at a drain, or after a while, so that nothing in it grows old or large."""

import time

from .drain import is_draining
from .memory import resident_mebibytes
from .slots import Slot, handover_slot

WINDOW_SECONDS = 600
WINDOW_MEBIBYTES = 512
SETTLED_SECONDS = 30  # even runs that need more memory than that get on


class Window:
    """One player's time."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._turn: Slot | None = None

    def why_leave(self, *, hung: bool = False) -> str | None:
        """`drain`, `hung`, `window` or `memory`; None to stay, also while another player is leaving."""
        if is_draining():
            return "drain"
        reason = "hung" if hung else self._reason()
        if reason and self._turn is None:
            self._turn = Slot.take([handover_slot()])
        return reason if self._turn else None

    def close(self) -> None:
        """The player has left; the next one may."""
        if self._turn is not None:
            self._turn.close()

    def _reason(self) -> str | None:
        age = time.monotonic() - self._began
        if age > WINDOW_SECONDS:
            return "window"
        if age > SETTLED_SECONDS and resident_mebibytes() > WINDOW_MEBIBYTES:
            return "memory"
        return None
