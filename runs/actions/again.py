"""Playing a finished run again: whole, from a chosen node, or what failed of it.

Each is a new run beside the old one, which stays as it was; what it takes over is copied at its start.
"""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import transaction

from maestro.errors import Conflict, InvalidInput, NotFound
from runs.graphs import graph_of
from runs.models import Mode, Reuse, Run, Trigger
from runs.reuse import Kept, Places, kept_rows
from runs.reuse.failures import failed_rows, groups_of
from runs.reuse.writes import nodes_that_may_write, writes_of
from scores.document import GraphDocument
from scores.models import ScoreVersion

from .events import lock_run
from .overlap import lock_orchestra, save_by_policy_or_refuse
from .start import new_run

JSON = dict[str, Any]
Place = tuple[str, str]  # a node and its iteration


@dataclass(frozen=True)
class Again:
    """A run to come, foreseen: what it takes over from `source` and what it plays again.

    `version` None: the draft that the source played. `document` is the graph to be played.
    """

    source: Run
    version: int | None
    document: GraphDocument
    places: Places
    kept: Kept
    reuse: Reuse | None = None

    @cached_property
    def plays_again(self) -> list[str]:
        """The nodes that do not keep everything."""
        return sorted({row.node_key for row in self.kept.again} | self.places.paths.keys())

    @cached_property
    def writes_again(self) -> int:
        """Writes that happened, or may have, and may happen again under a new key."""
        return writes_of(self.kept.again) if self.source.mode == Mode.LIVE else 0

    @cached_property
    def may_write(self) -> list[str]:
        """Nodes that play again and may write, whether or not they have; also in runs below."""
        if self.source.mode != Mode.LIVE:
            return []
        return nodes_that_may_write(self.document, self.source.pins, self.plays_again)

    @transaction.atomic
    def start(
        self,
        *,
        started_by: str,
        idempotency_key: str | None = None,
        request_sha256: str | None = None,
    ) -> Run:
        """By the overlap policy of its orchestra, within its budget for one run.

        Raises InvalidScore when the version can no longer be played, and Conflict for a second
        repair of one run (the first is the one to repair on), or where the policy would skip it.
        """
        orchestra = lock_orchestra(self.source.orchestra_id)
        source = lock_run(self.source)
        _refuse_second(source, self.reuse)
        run = self._row(
            orchestra=orchestra,
            budget_microdollars=orchestra.run_budget_microdollars if orchestra else None,
            trigger=Trigger.REPLAY,
            mode=Mode(source.mode),
            input=source.input,
            source_run=source,
            reuse=self.reuse or "",
            started_by=started_by,
            idempotency_key=idempotency_key,
            request_sha256=request_sha256,
            # A first claim raises it to 2: from then on a player reads what is recorded.
            fence=1,
        )
        if self.reuse is Reuse.REPAIR:
            run.pins["source"] = {"run": source.pk, "use": self.reuse.value}
        save_by_policy_or_refuse(run, orchestra)
        self.kept.copy_to(run)
        return run

    def _row(self, **columns: Any) -> Run:
        if self.version is not None:
            return new_run(self.source.score, version=self.version, **columns)
        pins = {name: pin for name, pin in self.source.pins.items() if name != "source"}
        named = {"workspace_id": self.source.workspace_id, "score_id": self.source.score_id}
        return Run(**named, score_version=None, pins=pins, **columns)


def rerun(source: Run, *, node: str | None = None, version: int | None = None) -> Again:
    """From `node` on, with all that was recorded before it; without one, the whole run.

    `version` None: the one it played. NotFound for a version that is not there, InvalidInput for a
    node that is not in it, Conflict for a run that is not over.
    """
    version, document = _played_next(source, version)
    if node is None:
        everything = Places.everywhere(document, [one.key for one in document.nodes])
        kept = kept_rows(source, document, document, everything)
        return Again(source, version, document, everything, kept)
    _require(document, [node])
    places = Places.everywhere(document, [node])
    kept = kept_rows(source, document_of(source), document, places)
    return Again(source, version, document, places, kept, Reuse.BEFORE)


def repair(
    source: Run,
    *,
    groups: Collection[str] | None = None,
    items: Collection[Place] | None = None,
    version: int | None = None,
) -> Again:
    """What failed, or of it these groups and these (node, iteration), and what is behind it.

    Without either: all but writes of which nobody knows whether they happened. Other items keep
    what is recorded of them. Raises as `rerun`, and Conflict when nothing is left to repair.
    """
    version, document = _played_next(source, version)
    chosen = _chosen(source, groups, items)
    if not chosen:
        raise Conflict(_why_nothing(source, is_chosen=groups is not None or items is not None))
    _require(document, [key for key, _ in chosen])
    places = Places.of_items(document, chosen)
    kept = kept_rows(source, document_of(source), document, places, failures=True)
    return Again(source, version, document, places, kept, Reuse.REPAIR)


def _played_next(source: Run, version: int | None) -> tuple[int | None, GraphDocument]:
    if not source.is_finished:
        raise Conflict(f"{source.pk} is not over: it is {source.status}. Cancel it, or wait.")
    if source.mode == Mode.AUDITION:
        raise Conflict(f"{source.pk} played an audition: run that one again.")
    if version is None:
        return source.score_version, document_of(source)
    saved = ScoreVersion.objects.filter(score=source.score_id, version=version).first()
    if saved is None:
        raise NotFound(f"The score has no version {version}.")
    return version, GraphDocument.model_validate(saved.graph)


def document_of(run: Run) -> GraphDocument:
    """The graph that it played."""
    return GraphDocument.model_validate(graph_of(run) or {})


def _require(document: GraphDocument, keys: Collection[str]) -> None:
    gone = sorted(set(keys) - {node.key for node in document.nodes})
    if gone:
        raise InvalidInput(f"That version of the score has no {', '.join(gone)}.", nodes=gone)


def _chosen(
    source: Run, groups: Collection[str] | None, items: Collection[Place] | None
) -> list[Place]:
    rows = list(failed_rows(source))
    if groups is None and items is None:
        known = [group for group in groups_of(rows) if not group.may_have_happened]
        return [(group.node, at) for group in known for at in group.iterations]
    by_id = {group.id: group for group in groups_of(rows)}
    _refuse_unknown("group", set(groups or ()) - by_id.keys())
    failed = [(row.node_key, row.iteration) for row in rows]
    _refuse_unknown("item", {f"{key} {at}".strip() for key, at in set(items or ()) - set(failed)})
    named = {(by_id[id].node, at) for id in groups or () for at in by_id[id].iterations}
    named |= set(items or ())
    return [place for place in failed if place in named]


def _why_nothing(source: Run, *, is_chosen: bool) -> str:
    if not failed_rows(source).exists():
        return f"Nothing of {source.pk} is to be repaired: no node failed."
    if is_chosen:
        return "Nothing was chosen: name, or tick, the failures that are to be repaired."
    return (
        "Each write that failed may have happened all the same: look there, then name, or tick, what "
        "is to be repaired."
    )


def _refuse_unknown(what: str, unknown: set[str]) -> None:
    if unknown:
        names = ", ".join(sorted(unknown))
        raise InvalidInput(f"No {what} of the run's failures: {names}.", unknown=sorted(unknown))


def _refuse_second(source: Run, reuse: Reuse | None) -> None:
    if reuse is not Reuse.REPAIR:
        return
    first = Run.objects.filter(source_run=source, reuse=reuse).first()
    if first is not None:
        message = f"{source.pk} is being repaired by {first.pk}: repair that one on."
        raise Conflict(message, run=first.pk)
