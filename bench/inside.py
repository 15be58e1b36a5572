"""Workloads played in this process: how fast the walk and the journal are by themselves."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.conf import settings

from .floors import Floor
from .installation import Installation
from .playing import Playing
from .report import Line, alternate, seconds
from .scores import chain, mapped, save, start, waits

ROUNDS, ROUNDS_OF_CHAINS = 9, 31
NODES, ITEMS, BODY = 40, 1000, 3
WAITS, WAIT_SECONDS, AT_ONCE = 200, 0.2, 50
GUARANTEES = {"each": "A", "grouped": "B"}


def chains(place: Installation) -> Iterator[Line]:
    """40 nodes one after the other."""
    score, floor = save("chain", chain(NODES)), Floor(place.conninfo)
    each, together = f"{NODES} x insert + commit", f"{NODES} rows in 1 commit"
    floors: dict[str, tuple[Callable[[int], None], str, float]] = {
        "each": (floor.insert_each, each, 2),
        "grouped": (floor.insert_together, together, 2.5),
    }
    with Playing() as playing:
        for durability, (least, told, target) in floors.items():
            settings.MAESTRO_DURABILITY = durability

            def ours() -> float:
                start(score)
                return playing.play()

            mine, base = alternate(ours, partial(seconds, partial(least, NODES)), ROUNDS_OF_CHAINS)
            name = f"chain of {NODES}, {GUARANTEES[durability]}"
            yield Line(name, mine, target, base, floor_is=told)


def maps(place: Installation) -> Iterator[Line]:
    """1000 items through 3 nodes each, 100 items at a time."""
    score, floor = save("map", mapped(BODY)), Floor(place.conninfo)
    given = items(ITEMS)
    with Playing() as playing:
        for durability, target in (("each", 10), ("grouped", 5)):
            settings.MAESTRO_DURABILITY = durability

            def ours() -> float:
                start(score, given)
                return playing.play()

            mine, base = alternate(
                ours, partial(seconds, partial(floor.copy, ITEMS * BODY)), ROUNDS
            )
            name = f"map of {ITEMS} x {BODY}, {GUARANTEES[durability]}"
            yield Line(name, mine, target, base, floor_is="one COPY")


def overlap(place: Installation) -> Iterator[Line]:
    """200 waits of 0.2 s, 50 at a time."""
    score, given = save("waits", waits(WAIT_SECONDS, AT_ONCE)), items(WAITS)
    settings.MAESTRO_DURABILITY = "grouped"

    def ours() -> float:
        start(score, given)
        return playing.play()

    ideal = WAITS / AT_ONCE * WAIT_SECONDS
    with Playing() as playing:
        mine, base = alternate(ours, lambda: ideal, 3)
    name = f"{WAITS} waits of {WAIT_SECONDS} s, {AT_ONCE} at once"
    yield Line(name, mine, 1.05, base, floor_is="of waiting")


def items(count: int) -> dict[str, Any]:
    return {"items": [{"x": number} for number in range(count)]}
