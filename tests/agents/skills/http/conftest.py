"""A paged, guarded far end, and a run's way of lending a secret to an operation."""

from collections.abc import Iterator
from typing import Protocol

import pytest

from agents.addresses import Policy
from agents.custody import Origin
from agents.egress import Egress
from agents.skills.context import Context
from runs.nodes.secrets import Keyring
from tests.agents.skills.conftest import MakeContext
from tests.far_ends.pages import PagedShop
from tests.far_ends.server import serving

KEY = "canary/8f2a+91c4=="


class Lend(Protocol):
    def __call__(self, *homes: str, value: str = KEY) -> Context: ...


@pytest.fixture
def shop() -> Iterator[PagedShop]:
    with serving(PagedShop()) as far_end:
        yield far_end


@pytest.fixture
def plain(shop: PagedShop, make_context: MakeContext) -> Context:
    return make_context(http=Egress(Policy.of([], [shop.url])))


@pytest.fixture
def lend(plain: Context) -> Lend:
    """A context whose slot `shop_key` is filled, for those hosts."""

    def lent(*homes: str, value: str = KEY) -> Context:
        where = {"shop_key": [Origin.of(home) for home in homes]}
        return Keyring({"shop_key": value}, {}, where).lent_to(plain)

    return lent
