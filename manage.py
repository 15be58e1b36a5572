#!/usr/bin/env python
"""Maestro's command line. Starts the embedded database for the commands that need one."""

import os
import sys

from django.core.management import execute_from_command_line

from maestro.database import ensure_database, stop_database
from maestro.errors import Misconfigured
from maestro.keys import require_keys
from maestro.lifeline import follow

# `up` starts the database itself, after it has made the keys; a check or a new migration needs none.
WITHOUT_DATABASE = {
    "up",
    "check",
    "makemigrations",
    "help",
    "version",
    "collectstatic",
    "startapp",
    "test",
}
NEED_KEYS = {"serve", "cluster"}


def main(arguments: list[str]) -> int:
    """Run one command; returns the exit code. What the person must mend is one message, not a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maestro.settings")
    command = arguments[1] if len(arguments) > 1 else "help"
    follow()
    try:
        if command in NEED_KEYS:
            require_keys()
        if command not in WITHOUT_DATABASE and not command.startswith("-"):
            ensure_database()
        execute_from_command_line(arguments)
    except Misconfigured as error:
        print(f"maestro: {error.message}", file=sys.stderr)
        return 2
    finally:
        stop_database()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
