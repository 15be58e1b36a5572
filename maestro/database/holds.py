"""File locks that say who uses the embedded server; the kernel lets go of them when a process dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Hold:
    """This process's share in a server, kept until `release` or its death."""

    def __init__(self, path: Path) -> None:
        """Waits while the server's last user is stopping it."""
        self._file = path.open("a")
        self._pid = os.getpid()
        fcntl.flock(self._file, fcntl.LOCK_SH)

    def is_mine(self) -> bool:
        """False in a forked child, which must not let go of its parent's share."""
        return self._pid == os.getpid()

    def is_last(self) -> bool:
        """Whether nobody else holds it; nobody else can take it from then on."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        self._file.close()


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Wait until no other process is inside, then keep others out."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
