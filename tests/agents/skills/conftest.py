"""What an operation is called with in these tests."""

from dataclasses import replace
from typing import Protocol

import pytest

from agents.addresses import Policy
from agents.egress import Egress
from agents.skills.context import Context
from maestro.errors import MissingSecret


class MakeContext(Protocol):
    def __call__(self, **changes: object) -> Context: ...


def no_secret(slot: str) -> str:
    raise MissingSecret(f"Nothing is bound to {slot}", slot=slot)


@pytest.fixture
def make_context() -> MakeContext:
    """Builds a context; keywords replace its fields."""
    plain = Context(
        run_id="run_1",
        node_key="a_node",
        iteration="",
        workspace_id="ws_1",
        idempotency_key="run_1/a_node/",
        run_url="/admin/runs/run/run_1/change/",
        secret=no_secret,
        http=Egress(Policy()),
    )
    return lambda **changes: replace(plain, **changes)


@pytest.fixture
def context(make_context: MakeContext) -> Context:
    return make_context()
