"""How numbers read: money, tokens, spans of time and moments, the same on every page."""

from datetime import datetime, timedelta

from django.utils import timezone

MICRODOLLARS = 1_000_000


def money(microdollars: int | None, decimals: int = 2) -> str:
    """`$4.87`; nothing spent is `0`, unknown is empty."""
    if microdollars is None:
        return ""
    if microdollars == 0:
        return "0"
    return f"${microdollars / MICRODOLLARS:,.{decimals}f}"


def amount(count: int | None) -> str:
    """`1,250`, `23.8 k`, `4.1 M`; unknown is empty."""
    if count is None:
        return ""
    if count < 10_000:
        return f"{count:,}"
    if count < 1_000_000:
        return f"{count / 1_000:,.1f} k"
    return f"{count / 1_000_000:,.1f} M"


def duration(span: timedelta | None) -> str:
    """`12 ms`, `0.8 s`, `17 s`, `3 min 12 s`, `2 h 10 min`, `3 d 4 h`; unknown is empty."""
    if span is None:
        return ""
    seconds = max(span.total_seconds(), 0.0)
    if seconds < 0.1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    return _whole(round(seconds))


def tick(span: timedelta) -> str:
    """A mark on an axis, in one unit: `350 ms`, `8.4 s`, `34 s`, `1.6 min`, `2.2 h`."""
    seconds = span.total_seconds()
    if seconds < 60:
        return duration(span)
    return f"{seconds / 60:.1f} min" if seconds < 3600 else f"{seconds / 3600:.1f} h"


def relative(moment: datetime | None, now: datetime | None = None) -> str:
    """`in 10 min`, `34 min ago`; empty for what is unknown or more than a day away."""
    if moment is None:
        return ""
    span = moment - (now or timezone.now())
    if abs(span) > timedelta(days=1):
        return ""
    if abs(span) < timedelta(seconds=1):
        return "now"
    words = _coarse(abs(span))
    return f"in {words}" if span > timedelta(0) else f"{words} ago"


def clock(moment: datetime | None, now: datetime | None = None) -> str:
    """`10:40` today, `Tue 16:20` within six days, else `14 Nov 2026 16:20`, in the active zone."""
    if moment is None:
        return ""
    local, today = timezone.localtime(moment), timezone.localtime(now or timezone.now())
    if local.date() == today.date():
        return f"{local:%H:%M}"
    if abs(local.date() - today.date()) <= timedelta(days=6):
        return f"{local:%a %H:%M}"
    return f"{local.day} {local:%b %Y %H:%M}"


def _whole(seconds: int) -> str:
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60} s"
    if seconds < 86_400:
        return f"{seconds // 3600} h {seconds % 3600 // 60} min"
    return f"{seconds // 86_400} d {seconds % 86_400 // 3600} h"


def _coarse(span: timedelta) -> str:
    seconds = round(span.total_seconds())
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{round(seconds / 60)} min"
    return f"{seconds // 3600} h {seconds % 3600 // 60} min"
