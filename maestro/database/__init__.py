"""The embedded PostgreSQL: with no `DATABASE_URL`, Maestro runs a server of its own in its data folder.

Nobody else knows where the server's programs come from. Settings only name its address (`embedded`); commands
that need a database call `ensure_database` and, before they end, `stop_database`.
"""

import sys
from pathlib import Path

from django.conf import settings

from maestro.database.server import Server

_held: list[Server] = []


def embedded(data_dir: Path) -> Server:
    """The server that belongs to this data folder, whether it runs or not."""
    return Server(data_dir / "pg")


def ensure_database() -> str | None:
    """Have the database running for as long as this process lives; called again, starts it again if it died.

    Returns the embedded server's address, or None when `DATABASE_URL` names another server.
    Raises Misconfigured when the server cannot run here.
    """
    if settings.DATABASE_URL:
        return None
    if not _held:
        server = embedded(settings.DATA_DIR)
        server.start(say=_say)
        _held.append(server)
    elif not _held[0].is_running():
        _held[0].revive(say=_say)
    return _held[0].address()


def stop_database() -> None:
    """Let go of the embedded server; it stops when nobody else uses it. Without a server: does nothing."""
    while _held:
        _held.pop().stop()


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
