"""Maestro's settings as the tests want them: an own data folder and an own database server, whatever the
person's environment says. A process that a test starts says by `MAESTRO_TEST_CHILD` that it has been told already."""

import os
from pathlib import Path

from maestro.database.server import Server

FOLDER = Path(__file__).resolve().parent.parent / ".maestro"
SERVER = Server(FOLDER / "test-pg", durable=False)
OURS = ("MAESTRO_", "ANTHROPIC_", "APOLLO_", "TAVILY_", "GMAIL_")

if not os.environ.get("MAESTRO_TEST_CHILD"):
    for variable in [name for name in os.environ if name.startswith(OURS)]:
        del os.environ[variable]
    os.environ.update(
        DATABASE_URL=SERVER.address(),
        # Of one worker alone: what one keeps or clears there is no concern of the others.
        MAESTRO_DATA_DIR=str(FOLDER / "test-data" / os.environ.get("PYTEST_XDIST_WORKER", "main")),
        DJANGO_SECRET_KEY="tests only, never for a real installation",
        MAESTRO_SECRET_KEY="dGVzdHMgb25seSwgbmV2ZXIgZm9yIGEgcmVhbCBrZXk=",
    )

from maestro.settings import *  # noqa: E402, F403

INSTALLED_APPS = [*INSTALLED_APPS, "tests.emptying"]  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
