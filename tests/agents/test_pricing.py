"""Which price counts on which day."""

from datetime import date

import pytest

from agents.models import ModelPrice
from agents.seeding import seed_prices

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shipped() -> None:
    seed_prices()


@pytest.mark.parametrize(("day", "read"), [("2026-10-06", 200_000), ("2026-10-07", 100_000)])
def test_the_newest_price_of_the_day_counts(day: str, read: int) -> None:
    found = ModelPrice.objects.in_force(["claude-sonnet-5-5"], date.fromisoformat(day))

    assert [price.cache_read for price in found["claude-sonnet-5-5"]] == [read]


def test_every_band_has_its_own() -> None:
    (low, high) = ModelPrice.objects.in_force(["claude-haiku-5-5"], date(2026, 11, 1))[
        "claude-haiku-5-5"
    ]

    assert (low.input, high.prompt_tokens_from, high.input) == (100_000, 100_001, 500_000)


def test_a_model_nobody_priced_or_not_yet_is_left_out() -> None:
    named = ["claude-haiku-5-5", "claude-unheard-of"]

    assert ModelPrice.objects.in_force(named, date(2026, 10, 6)) == {}
