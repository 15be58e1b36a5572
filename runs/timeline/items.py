"""The items of a map, or the passes of a loop, as rows: how they stand, and spans of many of them."""

from collections.abc import Iterator, Sequence

from runs.models import NodeStatus

from .records import Item

LISTED = 20  # more than that are shown in spans of this many, or of 10 times as many
MOST_SPANS = 60
# Of what stands in a span the gravest is told.
GRAVEST_FIRST = (
    NodeStatus.NEEDS_ATTENTION,
    NodeStatus.RUNNING,
    NodeStatus.FAILED,
    NodeStatus.CANCELLED,
    NodeStatus.SUCCEEDED,
)


def spans_of(items: Sequence[Item]) -> Iterator[tuple[int, int, list[Item]]]:
    """Spans of equal size over the numbers, few enough to read: (first, last, items in it)."""
    size = LISTED
    while len(items) > size * MOST_SPANS:
        size *= 10
    last_number = items[-1].number
    inside: list[Item] = []
    for item in items:
        if inside and item.number // size != inside[0].number // size:
            yield _span(inside, size, last_number)
            inside = []
        inside.append(item)
    yield _span(inside, size, last_number)


def status_of(items: Sequence[Item], size: int, *, is_over: bool) -> str:
    """The gravest of what the items are; `size` nodes make one whole."""
    statuses = {_status_of_one(item, size, is_over) for item in items}
    return next(status for status in GRAVEST_FIRST if status in statuses)


def all_in_words(items: Sequence[Item], size: int) -> str:
    """`171 done, 29 failed, 5 in flight`."""
    failed = sum(bool(item.failed) for item in items)
    done = sum(item.settled >= size and not item.failed for item in items)
    counts = [(done, "done"), (failed, "failed"), (len(items) - done - failed, "in flight")]
    return ", ".join(f"{count:,} {word}" for count, word in counts if count)


def in_flight_in_words(items: Sequence[Item], size: int) -> str:
    """Of a span only what is not done: the status tells the rest."""
    count = sum(item.settled < size and not item.failed for item in items)
    return f"{count:,} in flight" if count and len(items) > 1 else ""


def failed_in_words(items: Sequence[Item]) -> str:
    failed = sum(bool(item.failed) for item in items)
    return f"{failed:,} failed" if failed and len(items) > 1 else ""


def _status_of_one(item: Item, size: int, is_over: bool) -> str:
    if item.attention:
        return NodeStatus.NEEDS_ATTENTION
    if item.failed:
        return NodeStatus.FAILED
    if item.settled >= size:
        return NodeStatus.SUCCEEDED
    return NodeStatus.CANCELLED if is_over else NodeStatus.RUNNING


def _span(items: list[Item], size: int, last_number: int) -> tuple[int, int, list[Item]]:
    first = items[0].number // size * size
    return first, min(first + size - 1, last_number), items
