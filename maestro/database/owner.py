"""Who runs the embedded server. PostgreSQL refuses to be root, so root lends it a system user."""

import os
import pwd
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

from maestro.errors import Misconfigured

SYSTEM_USER = "maestro-pg"
WAY_AROUND = "Run Maestro as an ordinary user, or set DATABASE_URL to a PostgreSQL of your own"


def owner_of_server(folder: Path, say: Callable[[str], None]) -> pwd.struct_passwd:
    """The user the server in `folder` runs as: this one; for root the folder's owner, or a system user.

    Tells through `say` before it adds that user. Raises Misconfigured when there can be none.
    """
    uid = os.geteuid()
    if uid == 0 and folder.exists():
        uid = folder.stat().st_uid
    if uid == 0:
        return _system_user(say)
    try:
        return pwd.getpwuid(uid)
    except KeyError:
        raise Misconfigured(
            f"The user with id {uid} has no name on this machine, and PostgreSQL needs one. "
            f"Add the user, or set DATABASE_URL to a PostgreSQL of your own."
        ) from None


def open_the_way(path: Path, user: pwd.struct_passwd, say: Callable[[str], None]) -> None:
    """As root: let `user` pass through (not list) the folders above `path`, telling so before each change."""
    if os.geteuid() != 0:
        return
    for folder in reversed(path.resolve().parents):
        mode = folder.stat().st_mode
        passes = mode & (stat.S_IXUSR if folder.stat().st_uid == user.pw_uid else stat.S_IXOTH)
        if passes:
            continue
        say(
            f"Letting other users pass through {folder} (chmod o+x), so that {user.pw_name} reaches "
            f"the database. {WAY_AROUND} to avoid this."
        )
        try:
            folder.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)
        except OSError as error:
            raise Misconfigured(
                f"{user.pw_name} cannot pass through {folder}: {error.strerror}. {WAY_AROUND}."
            ) from error


def _system_user(say: Callable[[str], None]) -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        say(
            f"Running as root, which PostgreSQL refuses to be: adding the system user {SYSTEM_USER} for it. "
            f"{WAY_AROUND} to avoid this."
        )
    command = [
        "useradd",
        "--system",
        "--no-create-home",
        "--shell",
        "/usr/sbin/nologin",
        SYSTEM_USER,
    ]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        reason = getattr(error, "stderr", None) or str(error)
        raise Misconfigured(
            f"useradd could not add {SYSTEM_USER}: {reason.strip()}. {WAY_AROUND}."
        ) from error
    return pwd.getpwnam(SYSTEM_USER)
