"""A real cluster for the tests that need one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.agents.skills.email.conftest import start_server as start_server

from .clusters import RunningCluster


@pytest.fixture
def cluster_environment(child_environment: dict[str, str], tmp_path: Path) -> dict[str, str]:
    return {**child_environment, "MAESTRO_DATA_DIR": str(tmp_path / "data")}


@pytest.fixture
def cluster(cluster_environment: dict[str, str]) -> Iterator[RunningCluster]:
    """`manage.py cluster` on this test's database; ended, with all it started, after the test."""
    with RunningCluster(cluster_environment) as running:
        yield running
