"""How many players a cluster has: a slot is a locked file, freed by the kernel at death.

Not an advisory lock: those end with a restart of the database, and a second player would enter the
slot of a living one.
"""

import contextlib
import fcntl
import os
from pathlib import Path

from django.conf import settings

PLAIN_CLUSTER = "plain"  # workers of a bare `qcluster`, without our watchdog


def own_cluster() -> str | None:
    """The cluster whose watchdog started this process; None under a bare `qcluster`."""
    return os.environ.get("MAESTRO_CLUSTER")


def cluster_id() -> str:
    """The cluster this process belongs to, by a name it always has."""
    return own_cluster() or PLAIN_CLUSTER


def runtime_folder(cluster: str) -> Path:
    """Where a cluster keeps its slots; removed by the watchdog that made it."""
    return settings.DATA_DIR / "clusters" / cluster


def suspects_slot() -> int:
    """The slot of its own in which runs are played that a player died with."""
    return settings.MAESTRO_WORKERS


def handover_slot() -> int:
    """The second slot of a player that leaves: one at a time, so that a worker is left for beats."""
    return settings.MAESTRO_WORKERS + 1


class Slot:
    """The place of a player. `number` is MAESTRO_WORKERS for the one that plays suspects."""

    def __init__(self, number: int, handle: int) -> None:
        self.number = number
        self._handle: int | None = handle

    @property
    def for_suspects(self) -> bool:
        return self.number == suspects_slot()

    @classmethod
    def take(cls, numbers: list[int]) -> "Slot | None":
        """The first free slot of `numbers`, or None; its file says who holds it."""
        folder = runtime_folder(cluster_id())
        folder.mkdir(parents=True, exist_ok=True)
        for number in numbers:
            path = folder / f"slot.{number}"
            handle = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os.close(handle)
                continue
            _sign(handle)
            return cls(number, handle)
        return None

    def close(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
        self._handle = None


def _sign(handle: int) -> None:
    with contextlib.suppress(OSError):  # a full disk keeps nobody from playing
        os.ftruncate(handle, 0)
        os.write(handle, str(os.getpid()).encode())


def holders(cluster: str) -> set[int]:
    """The processes that hold a slot of the cluster: its players, of whichever queue they came."""
    numbers = [n for n in range(handover_slot() + 1) if not is_free(cluster, n)]
    told = [(runtime_folder(cluster) / f"slot.{number}").read_text() for number in numbers]
    return {int(pid) for pid in told if pid}


def all_taken(cluster: str) -> bool:
    """Whether a living process holds each slot for runs, that for suspects apart."""
    return not any(is_free(cluster, number) for number in range(settings.MAESTRO_WORKERS))


def is_free(cluster: str, number: int) -> bool:
    """Whether nobody holds this slot."""
    try:
        handle = os.open(runtime_folder(cluster) / f"slot.{number}", os.O_RDWR)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except OSError:
        return False
    finally:
        os.close(handle)
