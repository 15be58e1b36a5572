"""A world on the tests' own database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from .cases import Cases
from .world import World, world


@pytest.fixture
def far(child_environment: dict[str, str], tmp_path: Path) -> Iterator[World]:
    with world(tmp_path, child_environment) as made:
        yield made


@pytest.fixture
def cases(far: World) -> Cases:
    return Cases(far)
