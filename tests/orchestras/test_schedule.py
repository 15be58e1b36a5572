"""When an orchestra is due, through every change of the clocks."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maestro.errors import InvalidInput
from orchestras.schedule import check_cron, fires_between, next_fire, plan_fires

BERLIN, NEW_YORK, LORD_HOWE = "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"
SPRING = {BERLIN: (2026, 3, 29), NEW_YORK: (2026, 3, 8), LORD_HOWE: (2026, 10, 4)}
AUTUMN = {BERLIN: (2026, 10, 25), NEW_YORK: (2026, 11, 1), LORD_HOWE: (2026, 4, 5)}
CHANGES = [(zone, day) for days in (SPRING, AUTUMN) for zone, day in days.items()]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def around(zone: str, day: tuple[int, int, int]) -> tuple[datetime, datetime]:
    """From the midnight before the day of a change to the one two days later."""
    midnight = datetime(*day, tzinfo=ZoneInfo(zone))
    return (midnight - timedelta(days=1)).astimezone(UTC), (
        midnight + timedelta(days=2)
    ).astimezone(UTC)


def walls(cron: str, zone: str, after: datetime, until: datetime) -> list[str]:
    """Local times of the fires."""
    fires = fires_between(cron, zone, after, until)
    return [f"{fire.astimezone(ZoneInfo(zone)):%d %H:%M%z}" for fire in fires]


@pytest.mark.parametrize(("zone", "day"), CHANGES)
def test_eight_in_the_morning_stays_eight_in_the_morning(
    zone: str, day: tuple[int, int, int]
) -> None:
    shown = walls("0 8 * * *", zone, *around(zone, day))

    assert [text.split()[1][:5] for text in shown] == ["08:00"] * 3


@pytest.mark.parametrize(
    ("zone", "day", "shown"),
    [
        (BERLIN, SPRING[BERLIN], ["28 02:30+0100", "29 03:30+0200", "30 02:30+0200"]),
        (BERLIN, AUTUMN[BERLIN], ["24 02:30+0200", "25 02:30+0200", "26 02:30+0100"]),
        (NEW_YORK, SPRING[NEW_YORK], ["07 02:30-0500", "08 03:30-0400", "09 02:30-0400"]),
    ],
)
def test_a_time_that_is_skipped_or_comes_twice_fires_once(
    zone: str, day: tuple[int, int, int], shown: list[str]
) -> None:
    assert walls("30 2 * * *", zone, *around(zone, day)) == shown


def test_new_yorks_doubled_hour_fires_the_first_time() -> None:
    shown = walls("30 1 * * *", NEW_YORK, *around(NEW_YORK, AUTUMN[NEW_YORK]))

    assert shown == ["31 01:30-0400", "01 01:30-0400", "02 01:30-0500"]


@pytest.mark.parametrize(("zone", "day"), CHANGES)
@pytest.mark.parametrize("minutes", [1, 15, 30])
def test_a_cron_for_every_hour_runs_through_without_gap_or_double(
    zone: str, day: tuple[int, int, int], minutes: int
) -> None:
    after = datetime(*day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    until = after + timedelta(hours=6)

    fires = [after, *fires_between(f"*/{minutes} * * * *", zone, after, until)]

    step = timedelta(minutes=minutes)
    assert {later - earlier for earlier, later in pairwise(fires)} == {step}
    assert fires[-1] == until


def test_a_skipped_time_does_not_overtake_one_that_the_clock_shows() -> None:
    shown = walls("15,40 2 * * *", LORD_HOWE, *around(LORD_HOWE, SPRING[LORD_HOWE]))

    assert [text[:8] for text in shown] == [
        *["03 02:15", "03 02:40"],
        *["04 02:40", "04 02:45"],
        *["05 02:15", "05 02:40"],
    ]


minutes = st.sets(st.integers(0, 59), min_size=1, max_size=4)
hours = st.sets(st.integers(0, 23), min_size=1, max_size=8)


@given(st.sampled_from(CHANGES), minutes, hours, st.integers(0, 3 * 24 * 60))
def test_a_cron_that_names_hours_fires_once_per_time_it_names(
    change: tuple[str, tuple[int, int, int]], minutes: set[int], hours: set[int], offset: int
) -> None:
    zone, day = change
    first, until = around(zone, day)
    after = min(first + timedelta(minutes=offset), until)
    cron = f"{','.join(map(str, minutes))} {','.join(map(str, hours))} * * *"
    midnights = [datetime(*day) + timedelta(days=shift) for shift in (-1, 0, 1)]
    named = [d.replace(hour=h, minute=m) for d in midnights for h in hours for m in minutes]
    # zoneinfo itself reads a wall time as RFC 5545 does: the first of two, the offset before a gap.
    expected = {wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) for wall in named}

    fires = list(fires_between(cron, zone, after, until - timedelta(seconds=1)))

    assert fires == sorted(fire for fire in expected if fire > after)


def test_a_fire_is_always_later_than_what_it_follows() -> None:
    fire = at("2026-03-29T00:30")

    assert next_fire("30 0 * * *", "UTC", fire) == at("2026-03-30T00:30")
    assert next_fire("30 0 29 2 *", "UTC", fire) == at("2028-02-29T00:30")
    assert next_fire("0 0 31 2 *", "UTC", fire) is None


@pytest.mark.parametrize(
    "cron",
    ["* * * * *", "*/5 8-18 * * mon-fri", "0 7 1,15 JAN,feb *", "0 7 L * *", "0 9 * * 1#1"],
)
def test_crons_of_five_fields_are_taken(cron: str) -> None:
    check_cron(cron)


@pytest.mark.parametrize(
    "cron",
    [
        *["", "daily", "@daily", "0 7 * *", "0 7 * * * *", "60 7 * * *", "0 7 * * 8"],
        *["R 7 * * *", "R(0-9) 7 * * *", "H 7 * * *", "0 0 31 2 *", "0 7 * * mon\n*"],
    ],
)
def test_what_is_no_cron_of_five_fields_or_never_fires_is_refused(cron: str) -> None:
    with pytest.raises(InvalidInput):
        check_cron(cron)


HOURLY, NOON = "0 * * * *", at("2026-05-01T12:00")


@pytest.mark.parametrize(
    ("misfire", "waited_for", "fired"),
    [
        ("all", "2026-05-01T09:00", ["09:00", "10:00", "11:00", "12:00"]),
        ("once", "2026-05-01T09:00", ["12:00"]),
        ("once", "2026-05-01T12:00", ["12:00"]),
        ("skip", "2026-05-01T09:00", ["12:00"]),
        ("skip", "2026-05-01T12:00", ["12:00"]),
        ("once", "2026-05-01T13:00", []),
    ],
)
def test_missed_slots_fire_by_policy(misfire: str, waited_for: str, fired: list[str]) -> None:
    plan = plan_fires(HOURLY, "UTC", at(waited_for), misfire, NOON)

    assert [f"{slot:%H:%M}" for slot in plan.slots] == fired
    assert plan.next_fire_at == at("2026-05-01T13:00")


def test_skip_fires_nothing_that_is_more_than_a_minute_old() -> None:
    fired = [
        plan_fires(HOURLY, "UTC", NOON, "skip", NOON + timedelta(seconds=late)).slots
        for late in (60, 61)
    ]

    assert fired == [(NOON,), ()]


def test_all_fires_a_hundred_slots_a_step_and_then_goes_on() -> None:
    waited_for, now = at("2026-05-01T00:00"), at("2026-05-01T03:00")
    fired: list[datetime] = []
    steps = 0

    while waited_for <= now:
        plan = plan_fires("* * * * *", "UTC", waited_for, "all", now)
        fired += plan.slots
        steps += 1
        assert plan.next_fire_at is not None
        waited_for = plan.next_fire_at

    assert fired == [at("2026-05-01T00:00") + timedelta(minutes=n) for n in range(181)]
    assert steps == 2


@given(
    st.sampled_from(["* * * * *", "* 3 * * *", "30 2 1 * *", "0 0 29 2 *"]), st.integers(1, 900_000)
)
def test_once_fires_the_newest_slot_however_long_nobody_looked(cron: str, minutes: int) -> None:
    first = next_fire(cron, BERLIN, at("2026-01-01"))
    assert first is not None
    now = first + timedelta(minutes=minutes)

    plan = plan_fires(cron, BERLIN, first, "once", now)

    (slot,) = plan.slots
    assert first <= slot <= now
    assert plan.next_fire_at == next_fire(cron, BERLIN, slot)
    assert plan.next_fire_at is None or plan.next_fire_at > now


def test_a_schedule_without_a_further_fire_ends() -> None:
    assert plan_fires("0 0 31 2 *", "UTC", NOON, "all", NOON).next_fire_at is None
