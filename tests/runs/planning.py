"""Plans of loans of books, and runs that apply them."""

from pathlib import Path
from typing import Any

from runs.actions import EffectChoice
from runs.models import Mode, Run, RunStatus
from runs.plans.apply import apply_plan
from scores.document import GraphDocument, NodeDocument
from scores.models import Score
from tests.runs.stage import play_here
from tests.runs.worlds import score, start
from tests.scores.graphs import graph, map_over, step

JSON = dict[str, Any]


def titles(ledger: Path) -> list[str]:
    """Of the books that were really lent."""
    return [line.split("\t")[0] for line in ledger.read_text().splitlines()]


def lend(key: str = "lend", **config: object) -> NodeDocument:
    return step(key, skill="books", operation="lend", config=config)


def plan_of(document: GraphDocument | Score, input: JSON | None = None) -> Run:
    """Played as a plan, so that its effects can be decided on."""
    made = document if isinstance(document, Score) else score(document)
    run = play_here(start(made, input or {}, mode=Mode.PLAN))
    assert run.status == RunStatus.SUCCEEDED, run.error
    return run


def applied(plan: Run, *choices: EffectChoice) -> Run:
    return play_here(apply_plan(plan, choices, started_by="ines"))


LOANS = graph(
    map_over("each", "lend"),
    lend(),
    "each.item -> lend",
)
BOOKS = {"items": [{"title": title} for title in ("Emma", "Ulysses", "Walden")]}
