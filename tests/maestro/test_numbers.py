from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from maestro.numbers import amount, clock, duration, money, relative, tick

NOW = datetime(2026, 11, 20, 10, 40, tzinfo=UTC)


@pytest.mark.parametrize(
    ("microdollars", "decimals", "read"),
    [(4_870_000, 2, "$4.87"), (3_200, 4, "$0.0032"), (166, 6, "$0.000166"), (0, 4, "0"), (None, 2, "")],
)  # fmt: skip
def test_money(microdollars: int | None, decimals: int, read: str) -> None:
    assert money(microdollars, decimals) == read


@pytest.mark.parametrize(
    ("count", "read"), [(1250, "1,250"), (23_800, "23.8 k"), (4_100_000, "4.1 M"), (0, "0")]
)
def test_amounts(count: int, read: str) -> None:
    assert amount(count) == read


@pytest.mark.parametrize(
    ("seconds", "read"),
    [
        (0.012, "12 ms"), (0.8, "0.8 s"), (9.96, "10 s"), (17, "17 s"), (59.6, "1 min 0 s"),
        (192, "3 min 12 s"), (7800, "2 h 10 min"), (100_000, "1 d 3 h"), (-1, "0 ms"),
    ],
)  # fmt: skip
def test_spans_of_time(seconds: float, read: str) -> None:
    assert duration(timedelta(seconds=seconds)) == read


@pytest.mark.parametrize(("seconds", "read"), [(8.4, "8.4 s"), (98, "1.6 min"), (7920, "2.2 h")])
def test_marks_on_an_axis_have_one_unit(seconds: float, read: str) -> None:
    assert tick(timedelta(seconds=seconds)) == read


@pytest.mark.parametrize(
    ("minutes", "read"),
    [(10, "in 10 min"), (-34, "34 min ago"), (0, "now"), (130, "in 2 h 10 min"), (2000, "")],
)
def test_how_far_away(minutes: int, read: str) -> None:
    assert relative(NOW + timedelta(minutes=minutes), NOW) == read


def test_a_clock_says_the_day_only_where_it_is_needed_and_in_the_active_zone() -> None:
    with timezone.override(ZoneInfo("Europe/Berlin")):
        assert clock(NOW, NOW) == "11:40"
        assert clock(NOW - timedelta(days=3), NOW) == "Tue 11:40"
        assert clock(NOW - timedelta(days=9), NOW) == "11 Nov 2026 11:40"
