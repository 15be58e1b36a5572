"""What all tests share: how property tests search, and the database, one server of their own, started and stopped
by the session's controller."""

import os
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection
from hypothesis import HealthCheck, settings

from tests.settings import SERVER

# Property tests judge what is right, never how fast a shared machine is, and the same examples each time: what fails,
# fails for everyone. To search among others: `pytest --hypothesis-profile=search`.
settings.register_profile(
    "search", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=3000
)
settings.register_profile(
    "any_speed", settings.get_profile("search"), max_examples=60, derandomize=True
)
settings.load_profile("any_speed")


def _leads(config: pytest.Config) -> bool:
    """Whether this is the one process of the session that is no worker of another."""
    return not hasattr(config, "workerinput")


def pytest_configure(config: pytest.Config) -> None:
    if _leads(config):
        SERVER.start(say=print)


def pytest_unconfigure(config: pytest.Config) -> None:
    if _leads(config):
        SERVER.stop()


@pytest.fixture
def child_environment(transactional_db: None, tmp_path: Path) -> dict[str, str]:
    """The environment for a real process (`manage.py cluster`, a web server) that works on this test's database.

    The rows it is to see must be committed, hence the transactional database. The data folder is its own: a
    cluster clears the remains there of all that its database does not know, as are those of another worker.
    """
    named = connection.settings_dict
    address = f"postgresql://{named['USER']}@/{named['NAME']}?host={quote(named['HOST'], safe='')}"
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "MAESTRO_TEST_CHILD": "1",
        "DATABASE_URL": address,
        "MAESTRO_DATA_DIR": str(tmp_path / "data"),
    }
