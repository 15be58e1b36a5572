"""Ports for servers that choose none themselves."""

import random
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
LOWEST = 10_000


def free_port() -> int:
    """One that nobody listens at. Not of those that the kernel gives away by itself: until its server
    listens, a test beside this one could be given it."""
    first_given = int(RANGE.read_text().split()[0]) if RANGE.exists() else 32_768
    while True:
        port = random.randrange(LOWEST, max(first_given, LOWEST + 10_000))
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return port


@contextmanager
def deaf_port() -> Iterator[int]:
    """One that turns everyone away, until the block ends: bound, so that no other is given it."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]
