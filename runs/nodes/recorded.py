"""What an earlier playing of a run left behind, by node and iteration."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from runs.models.choices import NodeStatus

JSON = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Attempt:
    """The last recorded attempt of a node; status `running` is an intent cut in half."""

    number: int
    status: NodeStatus
    port: str | None
    output: JSON | None
    error: JSON | None
    started_at: datetime | None


Recorded = dict[tuple[str, str], Attempt]


def read_recorded(rows: Iterable[tuple[Any, ...]]) -> dict[str, Recorded]:
    """By run, from rows of `claims.RECORDED`; of several attempts the last one counts."""
    by_run: dict[str, Recorded] = {}
    for run, key, iteration, number, status, *rest in rows:
        attempt = Attempt(number, NodeStatus(status), *rest)
        earlier = by_run.setdefault(run, {}).get((key, iteration))
        if earlier is None or number >= earlier.number:
            by_run[run][key, iteration] = attempt
    return by_run
