"""A durable database and a cluster of two players, for as long as a measurement takes."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def installation() -> Iterator[None]:
    """Migrated, with its cluster playing; everything is gone afterwards. Sets up Django."""
    from maestro.database.server import Server

    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        server = Server(Path(folder) / "pg")
        server.start()
        os.environ.update(
            DJANGO_SETTINGS_MODULE="maestro.settings",
            DATABASE_URL=server.address(),
            MAESTRO_DATA_DIR=folder,
            DJANGO_SECRET_KEY="bench",
            MAESTRO_SECRET_KEY="YmVuY2ggb25seSwgbmV2ZXIgZm9yIGEgcmVhbCBrZXk=",
        )
        try:
            with _cluster():
                yield
        finally:
            server.stop()


@contextmanager
def _cluster() -> Iterator[None]:
    import django

    django.setup()
    from django.core.management import call_command

    from runs.models import Player

    call_command("migrate", verbosity=0)
    cluster = subprocess.Popen([sys.executable, "manage.py", "cluster"], cwd=ROOT)
    try:
        while Player.objects.count() < 2:
            time.sleep(0.1)
        yield
    finally:
        cluster.send_signal(signal.SIGTERM)
        cluster.wait(40)
