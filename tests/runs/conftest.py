"""A real cluster for the tests that need one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.skills import registry
from tests.agents.skills.email.conftest import start_server as start_server

from .books_skill import LEDGER
from .clusters import RunningCluster


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The skills `odd` and `books`, installed beside Maestro as a third party's would be."""
    folder = tmp_path / "packages"
    installed = folder / "odd_skill-1.dist-info"
    installed.mkdir(parents=True)
    (installed / "METADATA").write_text("Name: odd-skill\nVersion: 1\n")
    announced = f"[{registry.ENTRY_POINTS}]\nodd = tests.runs.odd_skill:skill\n"
    announced += "books = tests.runs.books_skill:skill\n"
    (installed / "entry_points.txt").write_text(announced)
    monkeypatch.syspath_prepend(str(folder))
    registry.forget()
    yield folder
    registry.forget()


@pytest.fixture
def ledger(packages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the skill `books` really wrote, a line per effect."""
    path = tmp_path / "ledger"
    path.touch()
    monkeypatch.setenv(LEDGER, str(path))
    return path


@pytest.fixture
def cluster_environment(child_environment: dict[str, str], packages: Path) -> dict[str, str]:
    """With the odd skill."""
    return {**child_environment, "PYTHONPATH": str(packages)}


@pytest.fixture
def cluster(cluster_environment: dict[str, str]) -> Iterator[RunningCluster]:
    """`manage.py cluster` on this test's database; ended, with all it started, after the test."""
    with RunningCluster(cluster_environment) as running:
        yield running
