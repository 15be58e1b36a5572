"""When a call may be made, as pure arithmetic."""

import pytest

from runs.budgets import BudgetReached, Busy, Cap, Offer
from runs.budgets.caps import choose

OWN, CHEAP = Offer("own", 100), Offer("cheap", 10)


def cap(allowed: int | None, spent: int = 0, held: int = 0) -> Cap:
    return Cap("workspace", "ws_1", allowed, spent, held)


@pytest.mark.parametrize(
    ("caps", "offers", "chosen"),
    [
        ([], [OWN], "own"),
        ([cap(None, spent=10**9, held=10**9)], [OWN], "own"),
        ([cap(100)], [OWN], "own"),
        ([cap(300, spent=100, held=100)], [OWN], "own"),
        ([cap(50)], [OWN], "own"),  # the one call that may go beyond
        ([cap(50)], [OWN, CHEAP], "cheap"),
        ([cap(5)], [OWN, CHEAP], "cheap"),
        ([cap(500), cap(20)], [OWN, CHEAP], "cheap"),
        ([cap(0)], [OWN, Offer("free", 0)], "free"),
    ],
)
def test_what_is_asked(caps: list[Cap], offers: list[Offer], chosen: str) -> None:
    assert choose(caps, offers).model == chosen


@pytest.mark.parametrize(
    "caps", [[cap(50, held=1)], [cap(199, spent=0, held=100)], [cap(50), cap(100, held=1)]]
)
def test_only_one_call_in_flight_may_go_beyond(caps: list[Cap]) -> None:
    with pytest.raises(Busy):
        choose(caps, [OWN])


@pytest.mark.parametrize("caps", [[cap(0)], [cap(100, spent=100)], [cap(100, 120), cap(900)]])
def test_what_is_spent_is_spent(caps: list[Cap]) -> None:
    with pytest.raises(BudgetReached) as refusal:
        choose(caps, [OWN, CHEAP])
    assert refusal.value.details["id"] == "ws_1"
