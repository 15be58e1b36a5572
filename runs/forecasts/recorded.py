"""What recorded runs of a score would cost with the models and prices of today."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from agents.llm.tokens import Band, Tokens, cost_of
from orchestras.models import Orchestra
from runs.models import Mode, Run, RunNode, RunStatus
from scores.models import Score

JSON = dict[str, Any]
LOOK_BACK = timedelta(days=60)
MOST_RUNS = 200
KINDS = ("input", "output", "cache_read", "cache_write_5m", "cache_write_1h")
PLAYED = [RunStatus.SUCCEEDED, RunStatus.FAILED]


class History:
    """Runs of a score, live and ended, and what each would cost today.

    `models`: by node of the score, what its agent asks now; `prices`: bands by model.
    """

    def __init__(
        self, score: Score, models: Mapping[str, str], prices: Mapping[str, list[Band]]
    ) -> None:
        self._score, self._models, self._prices = score, models, prices
        self.nodes: set[tuple[str, str]] = set()  # score and key of each that was recorded

    def costs(
        self, orchestra: Orchestra | None, begin: datetime, end: datetime | None = None
    ) -> list[int]:
        """By run, newest first; a run without a model's call cost nothing."""
        runs = played_since(self._score, orchestra, begin)
        runs = runs.filter(queued_at__lt=end) if end else runs
        sample = list(runs.order_by("-queued_at").values_list("pk", flat=True)[:MOST_RUNS])
        costs = dict.fromkeys(sample, 0)
        for row in self._asked(sample):
            root = row["run__root_run"] or row["run"]
            costs[root] += self._today(row)
        return list(costs.values())

    def _asked(self, sample: list[str]) -> list[JSON]:
        """Per run and node, with the model that answered: what was used."""
        tree = Q(run__in=sample) | Q(run__root_run__in=sample)
        rows = RunNode.objects.filter(tree, model__isnull=False).order_by()
        named = rows.values("run", "run__root_run", "run__score", "node_key", "model")
        used = {kind: Sum(f"tokens_{kind}") for kind in KINDS}
        summed: Any = named.annotate(cost=Sum("cost_microdollars"), **used)
        return list(summed)

    def _today(self, row: JSON) -> int:
        """What was recorded, unless the node now asks another model, or is gone."""
        cost: int = row["cost"]
        self.nodes.add((row["run__score"], row["node_key"]))
        if row["run__score"] != self._score.pk:
            return cost
        model = self._models.get(row["node_key"])
        if model is None:
            return 0
        if model == row["model"]:
            return cost
        return cost_of(Tokens(**{kind: row[kind] for kind in KINDS}), self._prices[model])


def played_since(score: Score, orchestra: Orchestra | None, begin: datetime) -> QuerySet[Run]:
    """Its live runs that came to an end, those below other runs left out."""
    runs = Run.objects.filter(
        score=score,
        mode=Mode.LIVE,
        status__in=PLAYED,
        parent_run=None,
        queued_at__gte=begin,
        started_at__isnull=False,
    )
    return runs.filter(orchestra=orchestra) if orchestra else runs


def since() -> datetime:
    return timezone.now() - LOOK_BACK
