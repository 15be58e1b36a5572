"""A cron in words, where its shape is a common one; else the cron itself says it."""

from calendar import day_name, month_name
from collections.abc import Callable

MONTHS = list(month_name)[1:]
DAYS = [day_name[6], *day_name]  # a cron's week begins on Sunday, and ends on it again
SHORT_DAYS = {day[:3].upper(): number for number, day in enumerate(DAYS[:7])}
SHORT_MONTHS = {month[:3].upper(): number for number, month in enumerate(MONTHS, 1)}
ORDINALS = {
    "1": "1st",
    "2": "2nd",
    "3": "3rd",
    "21": "21st",
    "22": "22nd",
    "23": "23rd",
    "31": "31st",
}


def in_words(cron: str) -> str:
    """`*/10 7-18 * * 1-5` is "Every 10 minutes, 07:00 to 18:50, Monday to Friday"; "" if unusual."""
    fields = cron.upper().split()
    if len(fields) != 5:
        return ""
    minute, hour, day, month, weekday = fields
    parts = [_time(minute, hour), _day(day), _weekday(weekday), _month(month)]
    if any(part is None for part in parts):
        return ""
    words = ", ".join(part for part in parts if part)
    if day == weekday == "*" and minute.isdigit() and all(h.isdigit() for h in hour.split(",")):
        words = f"every day {words}"
    return words[:1].upper() + words[1:]


def _time(minute: str, hour: str) -> str | None:
    step = _step(minute)
    if step is not None:
        return _repeated(step, hour)
    if not minute.isdigit():
        return None
    if hour == "*":
        return f"every hour at :{int(minute):02}"
    if (hours := _step(hour)) is not None:
        return f"every {hours} hours at :{int(minute):02}"
    if (span := _span(hour)) is not None:
        return f"every hour, {span[0]:02}:{int(minute):02} to {span[1]:02}:{int(minute):02}"
    if all(part.isdigit() for part in hour.split(",")):
        times = [f"{int(part):02}:{int(minute):02}" for part in hour.split(",")]
        return f"at {_listed(times)}"
    return None


def _repeated(step: int, hour: str) -> str | None:
    """Minutes by a step, through the day or through some of its hours."""
    words = "every minute" if step == 1 else f"every {step} minutes"
    if hour == "*":
        return words
    span = (int(hour), int(hour)) if hour.isdigit() else _span(hour)
    if span is None:
        return None
    return f"{words}, {span[0]:02}:00 to {span[1]:02}:{59 // step * step:02}"


def _day(day: str) -> str | None:
    if day == "*":
        return ""
    if day == "L":
        return "on the last day of the month"
    if not all(part.isdigit() for part in day.split(",")):
        return None
    days = [ORDINALS.get(str(int(part)), f"{int(part)}th") for part in day.split(",")]
    return f"on the {_listed(days)}"


def _weekday(field: str) -> str | None:
    return _named(field, SHORT_DAYS, lambda number: DAYS[number], 7)


def _month(field: str) -> str | None:
    words = _named(field, SHORT_MONTHS, lambda number: MONTHS[number - 1], 12)
    return f"in {words}" if words else words


def _named(
    field: str, short: dict[str, int], name: Callable[[int], str], largest: int
) -> str | None:
    if field == "*":
        return ""
    first, dash, last = field.partition("-")
    numbers = [short.get(part, part) for part in ([first, last] if dash else field.split(","))]
    if not all(str(number).isdigit() and int(number) <= largest for number in numbers):
        return None
    words = [name(int(number)) for number in numbers]
    return f"{words[0]} to {words[1]}" if dash else _listed(words)


def _step(field: str) -> int | None:
    if field == "*":
        return 1
    star, _, step = field.partition("/")
    return int(step) if star == "*" and step.isdigit() and int(step) > 0 else None


def _span(field: str) -> tuple[int, int] | None:
    first, dash, last = field.partition("-")
    return (int(first), int(last)) if dash and first.isdigit() and last.isdigit() else None


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
