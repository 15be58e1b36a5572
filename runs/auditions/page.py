"""All that the page of an audition shows, put together: as many queries for many rows as for few."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from maestro.numbers import MICRODOLLARS

from .declared import Selection, graders_of, in_words
from .fields import deciding
from .figures import changed_fields, downstream, judged, matrices, ports_of, totals_of
from .models import Against, Audition, AuditionRow, RowStatus

JSON = dict[str, Any]
ROWS_A_PAGE = 50
MOST_MATRICES = 3
WHO = ("from", "email", "sender", "name", "company", "title", "subject", "id")
LONGEST = 300  # characters of what is shown in one line


@dataclass(frozen=True)
class ShownRow:
    """One line: where the input is from, what it says, and what is answered to it."""

    row: AuditionRow
    who: str
    gist: str
    changes: list[JSON]
    invalid: bool
    downstream: str


@dataclass(frozen=True)
class AuditionPage:
    """`only_changed` is what is shown; `pages` are numbered from 1."""

    audition: Audition
    totals: JSON
    selected: str
    matrices: list[JSON]
    downstream: list[JSON]
    rows: list[ShownRow]
    judged: dict[str, int]
    to_judge: int
    graders: list[str]
    only_changed: bool
    number: int
    pages: int

    @property
    def judged_count(self) -> int:
        return sum(self.judged.values())

    @property
    def left(self) -> int:
        """Rows that are still to be played."""
        return int(self.totals["rows"]) - int(self.totals["played"])

    @property
    def against_current(self) -> bool:
        return self.audition.against == Against.CURRENT

    @property
    def agree(self) -> int:
        """Percent of the rows played."""
        return int(100 * self.totals["same"] / max(1, self.totals["played"]))

    @property
    def dearer(self) -> str:
        """By how much it costs more or less than before: `+4 %`."""
        old = self.totals["old"]["cost_microdollars"]
        new = self.totals["new"]["cost_microdollars"]
        return f"{(new - old) / old:+.0%}".replace("%", " %") if old else ""


def page_of_audition(audition: Audition, *, only_changed: bool, number: int) -> AuditionPage:
    """What flips comes first, then what is no valid answer, then what is changed otherwise."""
    rows = list(audition.rows.defer("input"))
    fields = deciding(audition.candidate["output_schema"])
    chosen = sorted((row for row in rows if row.changed or not only_changed), key=_rank)
    pages = max(1, -(-len(chosen) // ROWS_A_PAGE))
    number = min(max(number, 1), pages)
    shown = chosen[(number - 1) * ROWS_A_PAGE : number * ROWS_A_PAGE]
    return AuditionPage(
        audition=audition,
        totals=totals_of(rows, graders_of(audition.graders)),
        selected=Selection.model_validate(audition.selection).words,
        matrices=[_drawn(matrix) for matrix in matrices(rows, fields)[:MOST_MATRICES]],
        downstream=downstream(rows),
        rows=list(_shown(audition, shown, fields)),
        judged=judged(rows),
        to_judge=sum(row.changed for row in rows),
        graders=[in_words(grader) for grader in graders_of(audition.graders)],
        only_changed=only_changed,
        number=number,
        pages=pages,
    )


def shown_row(row: AuditionRow, fields: Sequence[str]) -> ShownRow:
    """One of them alone, read whole; the changes of `fields` that decide come first."""
    new = row.new or {}
    changes = sorted(changed_fields(row), key=lambda change: change["field"] not in fields)
    return ShownRow(
        row=row,
        who=_who(row.input) or f"{row.source['node']} {row.source['iteration']}".strip(),
        gist=max(_texts(row.input), key=len, default="")[:LONGEST],
        changes=changes,
        invalid=row.status == RowStatus.PLAYED and new.get("output") is None,
        downstream=_downstream(row),
    )


def judged_of(rows: Sequence[AuditionRow]) -> JSON:
    """How far the judging has come."""
    counted = judged(rows)
    told = {"judged": counted, "judged_count": sum(counted.values())}
    return {**told, "to_judge": sum(row.changed for row in rows), "out_of_band": True}


def dollars(typed: str) -> int | None:
    """A sum as it was typed, in micro-dollars; None for nothing. ValueError for what is none."""
    text = typed.strip().lstrip("$").replace(",", "")
    return round(float(text) * MICRODOLLARS) if text else None


def _shown(
    audition: Audition, rows: Sequence[AuditionRow], fields: Sequence[str]
) -> Iterator[ShownRow]:
    inputs = dict(audition.rows.filter(pk__in=[row.pk for row in rows]).values_list("pk", "input"))
    for row in rows:
        row.input = inputs[row.pk]
        yield shown_row(row, fields)


def _rank(row: AuditionRow) -> tuple[int, int]:
    if ports_of(row):
        return 0, row.number
    if row.changed:
        return (1 if (row.new or {}).get("output") is None else 2), row.number
    return (3 if row.status == RowStatus.PLAYED else 4), row.number


def _who(value: JSON) -> str:
    """A short field that tells one input from the others, from the outermost inwards."""
    for name in WHO:
        if isinstance(found := value.get(name), str) and found:
            return found[:LONGEST]
    inner = [part for part in value.values() if isinstance(part, dict)]
    return next((who for part in inner if (who := _who(part))), "")


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for part in inner:
        yield from _texts(part)


def _downstream(row: AuditionRow) -> str:
    """The first node that would go another way, and how many more."""
    ports = [flip for flip in ports_of(row) if flip["node"] != row.source["node"]]
    others = [flip for flip in row.flips if flip not in ports]
    if ports:
        first = f"{ports[0]['before']} → {ports[0]['after']}"
        return f"{first}, {len(ports) - 1} more" if len(ports) > 1 else first
    if writes := [flip for flip in others if flip["what"] == "write"]:
        return f"{writes[0]['node']} writes otherwise"
    if others:
        return "the item fails" if (row.new or {}).get("output") is None else "other nodes"
    return "the same way" if row.changed else ""


def _drawn(matrix: JSON) -> JSON:
    """With the class of each cell: the diagonal, a flip, or no answer."""
    rows = [
        (old, [(count, _class(count, old, new)) for count, new in cells])
        for old, cells in matrix["rows"]
    ]
    return {**matrix, "rows": rows}


def _class(count: int, old: str | None, new: str | None) -> str:
    if not count:
        return ""
    if old == new:
        return "is-same"
    return "is-bad" if new is None else "is-flip"
