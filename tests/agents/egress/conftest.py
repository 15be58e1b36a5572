"""A far end on loopback, and a way out that may reach it and nothing else here."""

from collections.abc import AsyncIterator, Iterator

import pytest

from agents.addresses import Policy
from agents.egress import Egress
from tests.agents.far_end import FarEnd, serving


@pytest.fixture
def far_end() -> Iterator[FarEnd]:
    with serving() as server:
        yield server


@pytest.fixture
async def http(far_end: FarEnd) -> AsyncIterator[Egress]:
    """May reach the far end and, of this machine, nothing else."""
    egress = Egress(Policy.of([], [far_end.url]))
    yield egress
    await egress.aclose()
