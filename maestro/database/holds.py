"""File locks that say who uses the embedded server; the kernel lets go of them when a process dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO


def open_lock(path: Path) -> TextIO:
    """The file to lock, made if it is not there; no other user may lock it."""
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+")


class Hold:
    """This process's share in a server, kept until `release` or its death."""

    def __init__(self, path: Path) -> None:
        """Waits while the server's last user is stopping it."""
        self._file = open_lock(path)
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
    with open_lock(path) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
