"""What came of an audition, in numbers. Pure."""

from collections import Counter
from collections.abc import Callable, Sequence
from statistics import quantiles
from typing import Any

from .declared import Grader
from .fields import differences
from .flips import ABSENT, after_flips
from .grading import verdicts
from .models import AuditionRow, RowStatus, Verdict

JSON = dict[str, Any]
MOST_VALUES = 12  # of a field that is shown as a matrix
LONGEST_VALUE = 40


def totals_of(rows: Sequence[AuditionRow], graders: Sequence[Grader]) -> JSON:
    """Of the rows played. `passed`: what every grader says; without any, that no more rows are
    without a valid answer than before."""
    played = [row for row in rows if row.status == RowStatus.PLAYED]
    told = verdicts(graders, [row.grades for row in played])
    old, new = _side(played, lambda row: row.old), _side(played, lambda row: row.new or {})
    holds = all(one["passed"] for one in told) if told else new["invalid"] <= old["invalid"]
    return {
        "rows": len(rows),
        "played": len(played),
        "same": sum(not row.changed for row in played),
        "changed": sum(row.changed for row in played),
        "reworded": sum(not row.changed and bool(changed_fields(row)) for row in played),
        "flipped": sum(bool(ports_of(row)) for row in played),
        "old": old,
        "new": new,
        "graders": told,
        "passed": bool(played) and holds,
    }


def ports_of(row: AuditionRow) -> list[JSON]:
    """The nodes that would leave by another port, or fail where they did not."""
    return [flip for flip in row.flips if flip["what"] == "port"]


def judged(rows: Sequence[AuditionRow]) -> dict[str, int]:
    """How many rows have each verdict."""
    counted = Counter(row.verdict for row in rows)
    return {verdict.value: counted[verdict.value] for verdict in Verdict}


def changed_fields(row: AuditionRow) -> list[JSON]:
    """The fields that differ; none where one side is no valid answer."""
    if row.new is None or row.new["output"] is None or row.old["output"] is None:
        return []
    return differences(row.old["output"], row.new["output"])


def matrices(rows: Sequence[AuditionRow], fields: Sequence[str]) -> list[JSON]:
    """For each of the deciding `fields` that is answered otherwise, or without any for each field of
    few values, how often which became which.

    {"field", "values", "rows": [(value, [(count, value)])]}; None stands for no answer.
    """
    played = [row for row in rows if row.status == RowStatus.PLAYED and row.new]
    found = dict.fromkeys(
        change["field"] for row in played if row.changed for change in changed_fields(row)
    )
    decide = [field for field in found if field in fields] if fields else list(found)
    return [matrix for field in decide if (matrix := _matrix(field, played))]


def downstream(rows: Sequence[AuditionRow]) -> list[JSON]:
    """By node and port how many took it and would take it, of those where this differs; and the
    writes that would be made otherwise: {"node", "kind", "port", "old", "new"}."""
    played = [row for row in rows if row.status == RowStatus.PLAYED]
    kinds = {flip["node"]: flip["kind"] for row in played for flip in row.flips}
    old: Counter[tuple[str, str]] = Counter()
    new: Counter[tuple[str, str]] = Counter()
    for row in played:
        old.update((node, word) for node, word in row.ends.items())
        new.update(after_flips(row.ends, row.flips))
    writes = Counter(f["node"] for row in played for f in row.flips if f["what"] == "write")
    told = [
        {"node": n, "kind": kinds[n], "port": w, "old": old[n, w], "new": new[n, w]}
        for n, w in dict.fromkeys([*old, *new])
        if n in kinds and w not in ABSENT and old[n, w] != new[n, w]
    ]
    otherwise = [
        {"node": node, "kind": "write", "port": "", "otherwise": count}
        for node, count in writes.items()
    ]
    return sorted([*told, *otherwise], key=lambda one: (one["kind"] == "write", one["node"]))


def _side(rows: Sequence[AuditionRow], side: Callable[[AuditionRow], JSON]) -> JSON:
    sides = [side(row) for row in rows]
    times = sorted(one["ms"] for one in sides if one["ms"] is not None)
    return {
        "invalid": sum(one["output"] is None for one in sides),
        "tokens_input": sum(one["tokens"]["input"] for one in sides),
        "tokens_output": sum(one["tokens"]["output"] for one in sides),
        "cost_microdollars": sum(one["cost_microdollars"] for one in sides),
        "ms_p50": _quantile(times, 50),
        "ms_p95": _quantile(times, 95),
    }


def _quantile(times: list[int], percent: int) -> int | None:
    if len(times) < 2:
        return times[0] if times else None
    return round(quantiles(times, n=100, method="inclusive")[percent - 1])


def _matrix(field: str, rows: Sequence[AuditionRow]) -> JSON | None:
    pairs = Counter((_value(row.old, field), _value((row.new or {}), field)) for row in rows)
    values = [value for value in dict.fromkeys(v for pair in pairs for v in pair)]
    if len(values) > MOST_VALUES or any(v is not None and len(v) > LONGEST_VALUE for v in values):
        return None
    named = sorted((v for v in values if v is not None), key=str) + [None] * (None in values)
    olds = [value for value in named if any(old == value for old, _ in pairs)]
    return {
        "field": field,
        "values": named,
        "rows": [(old, [(pairs[old, new], new) for new in named]) for old in olds],
    }


def _value(side: JSON, field: str) -> str | None:
    output = side.get("output")
    if output is None:
        return None
    value = output.get(field, "")
    return value if isinstance(value, str) else str(value)
