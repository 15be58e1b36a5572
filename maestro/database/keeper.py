"""`python -m maestro.database.keeper FOLDER`: waits until nobody uses the server there, then stops it.

Started beside each server, so that a killed Maestro leaves no PostgreSQL behind.
"""

import sys
from pathlib import Path

from maestro.database.holds import alone
from maestro.database.server import Server


def keep(folder: Path) -> None:
    """Returns when the server in `folder` has stopped."""
    server = Server(folder)
    with alone(server.users):
        server.halt()


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
