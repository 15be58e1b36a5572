"""What tokens cost."""

import pytest

from agents.llm.tokens import Band, Tokens, cost_of

SONNET = [Band(0, 2_000_000, 10_000_000, 100_000, 2_500_000, 4_000_000)]
HAIKU = [
    Band(0, 100_000, 500_000, 10_000, 125_000, 200_000),
    Band(100_001, 500_000, 2_500_000, 50_000, 625_000, 1_000_000),
]


def test_each_kind_of_token_has_its_price() -> None:
    tokens = Tokens(1000, 100, cache_read=10_000, cache_write_5m=200, cache_write_1h=300)

    assert cost_of(tokens, SONNET) == 2000 + 1000 + 1000 + 500 + 1200


@pytest.mark.parametrize(("tokens", "cost"), [(4, 0), (5, 1), (14, 1), (15, 2)])
def test_a_call_is_rounded_once_half_up(tokens: int, cost: int) -> None:
    assert cost_of(Tokens(input=tokens), HAIKU) == cost


def test_it_is_the_sum_that_is_rounded() -> None:
    assert cost_of(Tokens(input=2, cache_write_5m=2), HAIKU) == 0
    assert cost_of(Tokens(input=3, cache_read=20), HAIKU) == 1


@pytest.mark.parametrize(("read", "cost"), [(90_000, 1900), (90_001, 9500)])
def test_the_whole_prompt_with_its_cached_part_chooses_the_band(read: int, cost: int) -> None:
    assert cost_of(Tokens(input=10_000, cache_read=read), HAIKU) == cost


def test_a_free_model_has_a_price_of_zeros() -> None:
    assert cost_of(Tokens(1000, 1000), [Band(0, 0, 0, 0, 0, 0)]) == 0
