"""A durable database and clusters of two players, for as long as a measurement takes."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.waiting_package import announce
from maestro.database import owner, programs
from maestro.database.server import Server

ROOT = Path(__file__).resolve().parent.parent


class Installation:
    """A database that is migrated, and the clusters that were started on it."""

    def __init__(self, folder: Path, server: Server) -> None:
        self.folder = folder
        self.server = server
        self.clusters: list[subprocess.Popen[bytes]] = []

    @property
    def conninfo(self) -> str:
        """For connections that know no Django."""
        from runs.connections import conninfo

        return conninfo()

    def start_cluster(self, **environment: str) -> None:
        """One more watchdog with all below it."""
        command = [sys.executable, "manage.py", "cluster"]
        self.clusters.append(subprocess.Popen(command, cwd=ROOT, env=os.environ | environment))

    @contextmanager
    def cluster(self, **environment: str) -> Iterator[None]:
        """One that plays until the block ends."""
        self.start_cluster(**environment)
        try:
            self.wait_for_players()
            yield
        finally:
            self.end_clusters()
            self.clusters.clear()

    def wait_for_players(self) -> None:
        from runs.models import Player

        while Player.objects.count() < 2 * len(self.clusters):
            time.sleep(0.1)

    def restart_database(self) -> None:
        """As after a crash: no session is ended in order."""
        user = owner.owner_of_server(self.server.folder, lambda line: None)
        arguments = ("-D", str(self.server.folder), "-m", "immediate", "-w")
        programs.run("pg_ctl", "stop", *arguments, user=user)
        self.server.revive()

    def log_statements(self, every: bool) -> None:
        """Whether the server writes each statement it is asked into its log."""
        with (self.server.folder / "postgresql.auto.conf").open("a") as settings:
            settings.write(f"log_statement = '{'all' if every else 'none'}'\n")
        user = owner.owner_of_server(self.server.folder, lambda line: None)
        programs.run("pg_ctl", "reload", "-D", str(self.server.folder), user=user)

    def end_clusters(self) -> float:
        """SIGTERM to all; the seconds until the last has ended."""
        began = time.monotonic()
        for cluster in self.clusters:
            cluster.send_signal(signal.SIGTERM)
        for cluster in self.clusters:
            cluster.wait(40)
        return time.monotonic() - began


@contextmanager
def installation(clusters: int = 1) -> Iterator[Installation]:
    """With so many clusters playing; everything is gone afterwards. Sets up Django."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("told to end"))
    with tempfile.TemporaryDirectory(prefix="bench", ignore_cleanup_errors=True) as folder:
        server = Server(Path(folder) / "pg")
        server.start()
        os.environ.update(
            DJANGO_SETTINGS_MODULE="maestro.settings",
            DATABASE_URL=server.address(),
            MAESTRO_DATA_DIR=folder,
            PYTHONPATH=folder,
            DJANGO_SECRET_KEY="bench",
            MAESTRO_SECRET_KEY="YmVuY2ggb25seSwgbmV2ZXIgZm9yIGEgcmVhbCBrZXk=",
        )
        announce(Path(folder))
        sys.path.append(folder)
        made = Installation(Path(folder), server)
        try:
            _migrate()
            for _ in range(clusters):
                made.start_cluster()
            made.wait_for_players()
            yield made
        finally:
            made.end_clusters()
            server.stop()


def _migrate() -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
