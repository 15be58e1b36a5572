"""One embedded PostgreSQL 18: made, started, held and stopped. It listens on a UNIX socket only."""

import os
import pwd
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import psycopg

import maestro
from maestro.data_folder import make_data_folder, writing_in
from maestro.database import owner, programs
from maestro.database.cluster_files import SOCKET_NAME, is_running, make_cluster, write_access
from maestro.database.holds import Hold, alone
from maestro.errors import MaestroError, Misconfigured

SOCKET_LIMIT = 107 if sys.platform == "linux" else 103  # sun_path, less its closing zero
ROLE = DATABASE = "maestro"
NOT_DURABLE = "-c fsync=off -c full_page_writes=off"


def _quiet(line: str) -> None:
    pass


class Server:
    """The server whose data is in `folder`. `durable=False`: a power cut may cost the data (tests only)."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.folder = folder.absolute()
        self.durable = durable
        self.users = self.folder.with_name(f"{folder.name}.users")
        self._hold: Hold | None = None
        self._keeper: subprocess.Popen[bytes] | None = None

    def address(self, *, role: str = ROLE, database: str = DATABASE) -> str:
        """The connection string, the same whether the server runs or not."""
        return f"postgresql://{role}@/{database}?host={quote(str(self.folder), safe='')}"

    def is_running(self) -> bool:
        """Whether its main process lives; no question is put to it."""
        return is_running(self.folder)

    def start(self, say: Callable[[str], None] = _quiet) -> None:
        """Have it running until `stop`, or the death of this process. Raises Misconfigured with the mend."""
        self._check_path()
        make_data_folder(self.folder.parent)
        with writing_in(self.folder.parent):
            self._hold = Hold(self.users)
        try:
            self.revive(say)
        except MaestroError:
            self.stop()
            raise

    def revive(self, say: Callable[[str], None] = _quiet) -> None:
        """Start it if it does not run, and see that role and database are there."""
        starting = self.folder.with_name(f"{self.folder.name}.starting")
        with writing_in(self.folder.parent), alone(starting):
            self._start_until_it_answers(say)

    def stop(self) -> None:
        """Let go of it; the last to do so stops it, and returns when it has ended."""
        hold, self._hold = self._hold, None
        if hold is None or not hold.is_mine():
            return
        last = hold.is_last()
        if last:
            self.halt()
        hold.release()
        if last and self._keeper:
            self._keeper.wait(timeout=programs.STOP_SECONDS)

    def halt(self) -> None:
        """Stop it whoever uses it: sessions are ended, what was committed is kept."""
        if not is_running(self.folder):
            return
        user = owner.owner_of_server(self.folder, _quiet)
        for mode in ("fast", "immediate"):
            arguments = ("-D", str(self.folder), "-m", mode, "-w", "-t", str(programs.STOP_SECONDS))
            if programs.run("pg_ctl", "stop", *arguments, user=user).returncode == 0:
                return

    def _check_path(self) -> None:
        socket = os.fsencode(self.folder / SOCKET_NAME)
        if len(socket) > SOCKET_LIMIT:
            raise Misconfigured(
                f"The data folder's path is too long for PostgreSQL's socket: {self.folder} "
                f"({len(socket)} of {SOCKET_LIMIT} bytes). Name a shorter one with MAESTRO_DATA_DIR."
            )
        if b"," in socket:
            raise Misconfigured(
                f"The data folder's path has a comma, which PostgreSQL takes for a list: {self.folder}. "
                f"Name another with MAESTRO_DATA_DIR."
            )

    def _start_until_it_answers(self, say: Callable[[str], None]) -> None:
        deadline = time.monotonic() + programs.START_SECONDS
        while True:
            if not is_running(self.folder):
                self._launch(say)
            try:
                return self._prepare()
            except psycopg.OperationalError as error:
                # A server that was just killed, or that another program starts, runs but does not answer.
                if time.monotonic() > deadline:
                    raise Misconfigured(
                        f"PostgreSQL in {self.folder} does not answer: {error}"
                    ) from error
            time.sleep(0.1)

    def _launch(self, say: Callable[[str], None]) -> None:
        user = owner.owner_of_server(self.folder, say)
        owner.open_the_way(self.folder, user, say)
        owner.open_the_way(programs.folder_of_programs() / "postgres", user, say)
        if not self.folder.exists():
            make_cluster(self.folder, user)
        write_access(self.folder, user)
        self._run_postgres(user)
        if self._keeper is None or self._keeper.poll() is not None:
            self._keeper = self._watch()

    def _run_postgres(self, user: pwd.struct_passwd) -> None:
        log = self.folder / "server.log"
        options = "" if self.durable else NOT_DURABLE
        waiting = ("-w", "-t", str(programs.START_SECONDS))
        arguments = ("-D", str(self.folder), "-l", str(log), "-o", options, *waiting)
        deadline = time.monotonic() + 20
        while programs.run("pg_ctl", "start", *arguments, user=user).returncode != 0:
            reason = (
                "\n".join(log.read_text(errors="replace").splitlines()[-4:]) if log.exists() else ""
            )
            # Sessions of a server that was killed need a moment to notice, and hold its memory until then.
            if "still in use" not in reason or time.monotonic() > deadline:
                raise Misconfigured(
                    f"PostgreSQL did not start in {self.folder}. The end of {log.name} there says why:\n{reason}"
                )
            time.sleep(0.2)

    def _watch(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [sys.executable, "-m", "maestro.database.keeper", str(self.folder)],
            cwd=Path(maestro.__path__[0]).parent,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def _prepare(self) -> None:
        address = self.address(role="postgres", database="postgres")
        with psycopg.connect(address, autocommit=True) as connection:
            roles = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE])
            if not roles.fetchone():
                connection.execute(f"CREATE ROLE {ROLE} LOGIN CREATEDB")
            databases = connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
            )
            if not databases.fetchone():
                connection.execute(f"CREATE DATABASE {DATABASE} OWNER {ROLE}")
