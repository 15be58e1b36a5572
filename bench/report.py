"""What came out, as one table: medians, the ratio to the floor of the same run, and the verdict."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One target. `floor` None: `ours` is what the target limits, not a ratio."""

    workload: str
    ours: float
    target: float
    floor: float | None = None
    unit: str = "ms"
    floor_is: str = ""

    @property
    def figure(self) -> float:
        return self.ours if self.floor is None else self.ours / self.floor

    @property
    def cells(self) -> tuple[str, ...]:
        times = "" if self.floor is None else "x"
        unit = f" {self.unit}" if self.floor is None else ""
        return (
            self.workload,
            "" if self.floor is None else f"{self.floor:.1f} {self.unit} {self.floor_is}".strip(),
            f"{self.ours:.1f} {self.unit}",
            "" if self.floor is None else f"{self.figure:.2f}x",
            f"<= {self.target:g}{times}{unit}",
            "met" if self.is_met else "MISSED",
        )

    @property
    def is_met(self) -> bool:
        return self.figure <= self.target


HEAD = ("workload", "floor", "Maestro", "ratio", "target", "verdict")


def table(rows: list[tuple[str, ...]]) -> str:
    """Markdown whose columns line up."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    rule = tuple("-" * width for width in widths)
    lines = [rows[0], rule, *rows[1:]]
    return "\n".join("| " + " | ".join(map(str.ljust, line, widths)) + " |" for line in lines)


def alternate(
    ours: Callable[[], float], floor: Callable[[], float], rounds: int
) -> tuple[float, float]:
    """Medians in milliseconds of both, run in turns; the first turn warms up and does not count."""
    pairs = [(ours(), floor()) for _ in range(rounds + 1)][1:]
    mine, base = zip(*pairs, strict=True)
    return statistics.median(mine) * 1000, statistics.median(base) * 1000


def median(values: list[float]) -> float:
    return statistics.median(values)


def p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
