"""The files of an embedded server: how they are made, who they let in, and whether they are in use."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

from maestro.database import programs
from maestro.errors import Misconfigured

ACCESS = "# Written by Maestro at each start.\nlocal all all peer map=maestro\n"
FIXED = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
SOCKET_NAME = ".s.PGSQL.5432"
TROUBLE = ("LOG:", "FATAL:", "PANIC:", "initdb: error:")
# Above every pid of Linux and macOS: nobody's.
NO_PID = 4_194_305


def make_cluster(folder: Path, user: pwd.struct_passwd) -> None:
    """Make a new database cluster in `folder`, which must not exist; a half-made one is never left there."""
    draft = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    if os.geteuid() != user.pw_uid:
        os.chown(draft, user.pw_uid, user.pw_gid)
    settings = [f"--set={name}={value}" for name, value in FIXED.items()]
    locale = (
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
    )
    made = programs.run(
        "initdb", "-D", str(draft), "-U", "postgres", "--auth=peer", *locale, *settings, user=user
    )
    if made.returncode != 0:
        shutil.rmtree(draft, ignore_errors=True)
        lines = made.stdout.splitlines()
        telling = [line for line in lines if any(word in line for word in TROUBLE)]
        reason = "; ".join(telling or lines[-3:])
        raise Misconfigured(
            f"PostgreSQL could not make its files in {folder.parent}: {reason}. "
            f"Mend that, or name another folder with MAESTRO_DATA_DIR."
        )
    draft.rename(folder)


def write_access(folder: Path, user: pwd.struct_passwd) -> None:
    """Let in this user, the server's owner and nobody else; the socket follows the folder when it is moved."""
    people = {user.pw_name, pwd.getpwuid(os.geteuid()).pw_name}
    pairs = [
        f'maestro "{name}" {role}' for name in sorted(people) for role in ("maestro", "postgres")
    ]
    quoted = str(folder).replace("'", "''")
    (folder / "pg_hba.conf").write_text(ACCESS)
    (folder / "pg_ident.conf").write_text("\n".join(pairs) + "\n")
    # initdb leaves postgresql.auto.conf for ALTER SYSTEM; nothing of ours uses that.
    (folder / "postgresql.auto.conf").write_text(f"unix_socket_directories = '\"{quoted}\"'\n")


def is_running(folder: Path) -> bool:
    """Whether a server runs in `folder`. A pid file that a killed one left is made harmless: PostgreSQL would
    take a zombie, or another process that got its number, for a running server and refuse to start."""
    pid_file = folder / "postmaster.pid"
    try:
        pid, *lines = pid_file.read_text().splitlines()
    except (FileNotFoundError, ValueError):
        return False
    command = _command_of(int(pid))
    if "postgres" in command and str(folder) in command:
        return True
    # The other lines stay: by them PostgreSQL sees whether old sessions still hold its memory.
    pid_file.write_text("\n".join([str(NO_PID), *lines]) + "\n")
    (folder / f"{SOCKET_NAME}.lock").unlink(missing_ok=True)
    return False


def _command_of(pid: int) -> str:
    """The command line of a process; empty when there is none."""
    try:
        return (
            Path(f"/proc/{pid}/cmdline")
            .read_bytes()
            .replace(b"\0", b" ")
            .decode(errors="replace")
            .strip()
        )
    except OSError:
        if Path("/proc/self").exists():
            return ""
    listing = subprocess.run(
        ["ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True
    )
    return listing.stdout.strip()
