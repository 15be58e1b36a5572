"""Whole runs against plain SQL that stores the same rows, one commit per node or one COPY."""

import statistics
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bench.installation import installation

if TYPE_CHECKING:
    from scores.models import Score

ROUNDS = 7
ITEMS = 1000
MANY = 200
TABLE = "create table if not exists floor_rows (key text, output jsonb)"
INSERT = "insert into floor_rows (key, output) values (%s, %s)"


def measure() -> None:
    from bench.scores import chain, mapped, save, start
    from runs.models import Run, RunStatus

    unfinished = Run.objects.exclude(status=RunStatus.SUCCEEDED)
    forty, ten, each = save("forty", chain(40)), save("ten", chain(10)), save("each", mapped(3))
    items = {"items": [{"x": number} for number in range(ITEMS)]}

    def until_done() -> None:
        while unfinished.exists():
            time.sleep(0.001)

    def one(score: "Score", given: dict[str, Any] | None = None) -> None:
        start(score, given)
        until_done()

    def many() -> None:
        for _ in range(MANY):
            start(ten)
        until_done()

    compare("chain of 40", lambda: one(forty), lambda: _insert_each(40))
    compare(f"map of {ITEMS} x 3", lambda: one(each, items), lambda: _copy(ITEMS * 3))
    compare(f"{MANY} runs of 10", many, lambda: _insert_each(MANY))


def compare(name: str, ours: Callable[[], None], floor: Callable[[], None]) -> None:
    pairs = [(_seconds(ours), _seconds(floor)) for _ in range(ROUNDS)]
    mine = statistics.median(pair[0] for pair in pairs)
    base = statistics.median(pair[1] for pair in pairs)
    print(f"{name}: {mine * 1000:.0f} ms, floor {base * 1000:.0f} ms, ratio {mine / base:.1f}")


def _seconds(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _insert_each(count: int) -> None:
    """One commit for each row."""
    from runs.connections import connect

    with connect() as connection:
        connection.execute(TABLE)
        for number in range(count):
            connection.execute(INSERT, _row(number))


def _copy(count: int) -> None:
    """All rows by one COPY, one commit."""
    from runs.connections import connect

    with connect() as connection, connection.transaction():
        connection.execute(TABLE)
        with connection.cursor().copy("copy floor_rows (key, output) from stdin") as rows:
            for number in range(count):
                rows.write_row(_row(number))


def _row(number: int) -> tuple[str, str]:
    return f"n{number}", '{"x": 1}'


if __name__ == "__main__":
    with installation():
        measure()
