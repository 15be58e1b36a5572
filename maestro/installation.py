"""What `manage.py up` does before anything runs: claim the data folder and the port, then make what is missing."""

import errno
import fcntl
import os
import secrets
import socket
import time
from collections.abc import Callable
from typing import TextIO

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from maestro.data_folder import make_data_folder, writing_in
from maestro.database.holds import open_lock
from maestro.errors import Misconfigured
from maestro.workspaces.api_keys import SCOPES, import_api_key, make_api_key
from maestro.workspaces.models import ApiKey, Workspace

ADMIN = "admin"
OLDEST_POSTGRESQL = 150000
SECONDS_FOR_THE_LAST = 30


def claim_data_folder(say: Callable[[str], None]) -> TextIO:
    """The lock of this installation; its descriptor goes to the children, so it is free when the last has ended.

    Waits for the children of an `up` that was killed. Raises Misconfigured when another `up` runs here.
    """
    make_data_folder(settings.DATA_DIR)
    with writing_in(settings.DATA_DIR):
        lock = open_lock(settings.DATA_DIR / "up.lock")
    deadline = time.monotonic() + SECONDS_FOR_THE_LAST
    while not _locked(lock):
        owner = _pid_in(lock)
        if _is_alive(owner) or time.monotonic() > deadline:
            raise Misconfigured(
                f"Maestro already runs in {settings.DATA_DIR} (process {owner}). "
                f"Stop it first, or name another folder with MAESTRO_DATA_DIR and another MAESTRO_PORT."
            )
        say("The last Maestro in this folder was killed; waiting for its processes to end.")
        time.sleep(1)
    lock.seek(0)
    lock.truncate()
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def claim_port() -> socket.socket:
    """The listening socket the web process will serve. Raises Misconfigured when the port is not to be had."""
    host, port = settings.MAESTRO_HOST, settings.MAESTRO_PORT
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address[:2], family=family, backlog=512)
    except socket.gaierror as error:
        raise Misconfigured(
            f"MAESTRO_HOST is {host}, which is no address of this machine: {error.strerror}."
        ) from error
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Misconfigured(
                f"Port {port} on {host} is taken by another program. "
                f"Stop that, or choose another port: MAESTRO_PORT={port + 1}"
            ) from error
        raise Misconfigured(
            f"Cannot listen on {host} port {port}: {os.strerror(error.errno or 0)}. Set MAESTRO_HOST or MAESTRO_PORT."
        ) from error


def check_database() -> None:
    """Raises Misconfigured when the database cannot be reached, or is too old."""
    try:
        connection.ensure_connection()
    except OperationalError as error:
        reason = str(error).splitlines()[0]
        raise Misconfigured(
            f"The database cannot be reached: {reason}. Start it, or mend DATABASE_URL."
        ) from error
    if connection.connection.info.server_version < OLDEST_POSTGRESQL:
        raise Misconfigured(
            "DATABASE_URL names a PostgreSQL older than 15. Use 15 or newer, or unset it."
        )


def migrate(say: Callable[[str], None]) -> None:
    """Bring the database to this version's tables."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        say(f"Making the tables ({len(plan)} steps).")
        call_command("migrate", interactive=False, verbosity=0)


def seed(say: Callable[[str], None]) -> None:
    """Put in what ships with Maestro: the workspace, its agents, scores and orchestras."""
    say("Putting in what ships with Maestro.")
    call_command("seed", verbosity=0)


def make_admin() -> str | None:
    """See that the user `admin` exists. Returns a password that was made up for it, which is kept nowhere."""
    users = get_user_model().objects
    if users.filter(username=ADMIN).exists():
        return None
    password = settings.MAESTRO_ADMIN_PASSWORD or secrets.token_urlsafe(12)
    users.create_superuser(ADMIN, password=password)
    return None if settings.MAESTRO_ADMIN_PASSWORD else password


def make_first_api_key() -> str | None:
    """Take over MAESTRO_API_KEY, once; without it, see that there is a key. Returns one that was made, shown once."""
    workspace = Workspace.objects.order_by("created_at").first()
    if workspace is None:
        return None
    if settings.MAESTRO_API_KEY:
        import_api_key(workspace, settings.MAESTRO_API_KEY, author="MAESTRO_API_KEY")
        return None
    if ApiKey.objects.exists():
        return None
    return make_api_key(workspace, "First start", SCOPES, author="first start")[1]


def _locked(lock: TextIO) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _pid_in(lock: TextIO) -> int:
    lock.seek(0)
    return int(lock.read() or 0)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return pid > 0
