"""When an orchestra is due: cron in its time zone, through every change of the clocks. Pure.

A cron that names hours means the clock on the wall and fires once per time it names. As in RFC 5545
(3.3.5), a time that comes twice counts the first time; one that is skipped is taken as before the
change, so 02:30 becomes 03:30. A cron for every hour follows time itself, without gap or double.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

from croniter import CroniterError, croniter

from maestro.errors import InvalidInput

MAX_SLOTS = 100
FRESH = timedelta(seconds=60)
# Longer than any change of the clocks since 2011, when Samoa left out a day.
LONGEST_CHANGE = timedelta(hours=3)
FIELD = re.compile(
    r"(?:[0-9*/,#-]|L|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC|SUN|MON|TUE|WED|THU|FRI|SAT)+",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class FirePlan:
    """The slots to fire now, oldest first, and the next one to wait for (None: never again)."""

    slots: tuple[datetime, ...]
    next_fire_at: datetime | None


def check_cron(cron: str) -> None:
    """InvalidInput unless it is a cron of five fields that will ever fire."""
    fields = cron.split()
    if len(fields) != 5 or not all(map(FIELD.fullmatch, fields)) or not croniter.is_valid(cron):
        message = f"{cron!r} is not a cron of five fields, like 0 7 * * 1-5 (minute hour day month weekday)"
        raise InvalidInput(message, place="cron")
    if next_fire(cron, "UTC", datetime.now(UTC)) is None:
        raise InvalidInput(f"{cron!r} names a day that never comes", place="cron")


def next_fire(cron: str, time_zone: str, after: datetime) -> datetime | None:
    """The first fire later than `after` (aware), in UTC; None when there is none in 50 years."""
    zone = ZoneInfo(time_zone)
    try:
        if _is_every_hour(cron):
            found: datetime = croniter(cron, after.astimezone(zone)).get_next(datetime)
            return found.astimezone(UTC)
        return _next_on_the_wall(cron, zone, after)
    except CroniterError:
        return None


def fires(cron: str, time_zone: str, after: datetime) -> Iterator[datetime]:
    """Every fire later than `after`, in order, as far as `next_fire` sees."""
    fire = next_fire(cron, time_zone, after)
    while fire is not None:
        yield fire
        fire = next_fire(cron, time_zone, fire)


def fires_between(
    cron: str, time_zone: str, after: datetime, until: datetime
) -> Iterator[datetime]:
    """Every fire later than `after` up to and with `until`, in order."""
    return takewhile(lambda fire: fire <= until, fires(cron, time_zone, after))


def plan_fires(
    cron: str, time_zone: str, next_fire_at: datetime, misfire: str, now: datetime
) -> FirePlan:
    """What to do at `now` about a schedule that waits for `next_fire_at`.

    Of the slots that have come: `all` fires each (at most MAX_SLOTS; the next step goes on),
    `once` the newest, `skip` those of the last 60 seconds.
    """
    if next_fire_at > now:
        return FirePlan((), next_fire_at)
    if misfire == "all":
        return _plan_all(cron, time_zone, next_fire_at, now)
    if misfire == "once":
        slots: tuple[datetime, ...] = (_newest(cron, time_zone, next_fire_at, now),)
    else:
        oldest = max(next_fire_at, now - FRESH)
        just_before = oldest - timedelta(microseconds=1)
        slots = tuple(fires_between(cron, time_zone, just_before, now))
    return FirePlan(slots, next_fire(cron, time_zone, now))


def _plan_all(cron: str, time_zone: str, first: datetime, now: datetime) -> FirePlan:
    later = fires_between(cron, time_zone, first, now)
    slots = (first, *islice(later, MAX_SLOTS - 1))
    return FirePlan(slots, next_fire(cron, time_zone, slots[-1]))


def _newest(cron: str, time_zone: str, first: datetime, now: datetime) -> datetime:
    """The last fire up to `now`, `first` being one: looked for backwards, for years may lie between."""
    span = timedelta(minutes=1)
    while (after := now - span) > first:
        if found := list(fires_between(cron, time_zone, after, now)):
            return found[-1]
        span *= 2
    return [first, *fires_between(cron, time_zone, first, now)][-1]


def _is_every_hour(cron: str) -> bool:
    hours = croniter.expand(cron)[0][1]
    return hours == ["*"] or len(hours) == 24


def _next_on_the_wall(cron: str, zone: ZoneInfo, after: datetime) -> datetime:
    walls: Iterator[datetime] = croniter(
        cron, after.astimezone(zone).replace(tzinfo=None) - LONGEST_CHANGE
    ).all_next(datetime)
    fires = ((wall, wall.replace(tzinfo=zone).astimezone(UTC)) for wall in walls)
    wall, fire = next((wall, fire) for wall, fire in fires if fire > after)
    # After a skipped time, one that the clock does show may still come first.
    shown = fire.astimezone(zone).replace(tzinfo=None)
    rivals = takewhile(lambda rival: rival[0] < shown, fires) if shown > wall else ()
    return min([fire, *(rival for _, rival in rivals if rival > after)])
