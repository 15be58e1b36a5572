"""What would have happened behind an answer, had it been another: the walk again, with nothing leaving.

A node that is given what it was given then answers what it answered then. One that is given something
else is played as in a rehearsal: what changes nothing runs, everything else is answered by a sample.
"""

import asyncio
import contextlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from django.db import connections

from agents.egress import Egress
from agents.llm import Models
from runs.executor import NodeFailed, Parked, ScopeWalk, Settled, Stop, Walk
from runs.graphs import graph_of
from runs.journal import Claim, Journal, NodeEntry, RunChange
from runs.limits import Places
from runs.models import NodeStatus, Run, RunNode
from runs.nodes import play_node
from runs.nodes.performance import ClaimedRun, Performance
from runs.nodes.suppression import own_sample
from scores.document import SUCCESS, GraphDocument, NodeDocument
from scores.downstream import behind
from scores.graph import Graph

from .ends import JSON, End, Place


@dataclass(frozen=True)
class Recorded:
    """A run that was recorded, and what its nodes did: the last attempt of each."""

    run: Run
    document: GraphDocument
    graph: Graph
    ends: Mapping[Place, End]

    @classmethod
    def of(cls, run: Run) -> "Recorded":
        document = GraphDocument.model_validate(graph_of(run))
        rows = RunNode.objects.filter(run=run, call=0).order_by("attempt", "id")
        ends = {
            (row.node_key, row.iteration): End(
                row.status, row.port, row.input, row.output_json, row.error
            )
            for row in rows
        }
        return cls(run, document, Graph.of(document), ends)

    def behind(self, place: Place) -> dict[Place, End]:
        """The ends of what may have been given something of that node's answer."""
        key, iteration = place
        keys = {key, *behind(self.document, [key])}
        return {
            (k, path): end
            for (k, path), end in self.ends.items()
            if k in keys and _is_on_the_way(path, iteration)
        }


class _Scratch(Journal):
    """Notes what would be recorded, and keeps it to itself."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: dict[Place, NodeEntry] = {}

    def _append(self, entry: NodeEntry | RunChange) -> int:
        if isinstance(entry, NodeEntry):
            self.entries[entry.node_key, entry.iteration] = entry
        return 0

    async def flush(self, claim: Claim, sequence: int | None = None) -> None:
        """Nothing is to be made durable."""


@dataclass
class _Replay:
    """One walk with another answer at `place`."""

    recorded: Recorded
    place: Place
    answer: JSON  # as `AuditionRow.new`
    performance: Performance
    reached: dict[Place, End] = field(default_factory=dict)

    async def walk(self) -> dict[Place, End]:
        """How every node that was reached ended."""
        walk = Walk(self.recorded.graph, self._play, self._skip, lambda: False)
        with contextlib.suppress(NodeFailed, Parked, Stop):  # what was not reached has no end
            await walk.run(self.recorded.run.input)
        return self.reached

    async def _play(
        self, scope: ScopeWalk, node: NodeDocument, given: JSON, iteration: str
    ) -> Settled:
        here = node.key, iteration
        if here == self.place:
            return self._answered(node, given, iteration)
        before = self.recorded.ends.get(here)
        if before and before.is_final and self._answers_as_then(node, iteration, given, before):
            self.reached[here] = replace(before, given=given)
            return self._as_then(node, before)
        if node.subkind == "subscore" and own_sample(node) is None:
            return self._without_child(node, given, here)
        try:
            return await play_node(self.performance, scope, node, given, iteration)
        finally:
            self._note(here)

    def _answered(self, node: NodeDocument, given: JSON, iteration: str) -> Settled:
        output, error = self.answer["output"], self.answer["error"]
        here = node.key, iteration
        if output is not None:
            self.reached[here] = End(NodeStatus.SUCCEEDED, SUCCESS, given, output, None)
            return Settled(NodeStatus.SUCCEEDED, SUCCESS, output)
        told = {**error, "node": node.key}
        wired = (
            {"error": told, "input": given}
            if self.performance.graph.takes_errors(node.key)
            else None
        )
        self.reached[here] = End(NodeStatus.FAILED, None, given, wired, told)
        return self.performance.settle_failure(node, told, wired)

    def _as_then(self, node: NodeDocument, before: End) -> Settled:
        if before.status == NodeStatus.SUCCEEDED:
            collected = ((before.error or {}).get("details") or {}).get("count", 0)
            return Settled(NodeStatus.SUCCEEDED, before.port, before.output or {}, collected)
        return self.performance.settle_failure(node, before.error or _unknown(node), before.output)

    def _answers_as_then(
        self, node: NodeDocument, iteration: str, given: JSON, before: End
    ) -> bool:
        """With the same input; a subscore with any, since its own nodes are not walked. Not a map that
        plays the node in question."""
        if node.subkind == "map_over":
            path = f"{iteration}/{node.key}:" if iteration else f"{node.key}:"
            return before.given == given and not self.place[1].startswith(path)
        return before.given == given or (node.subkind == "subscore" and own_sample(node) is None)

    def _without_child(self, node: NodeDocument, given: JSON, here: Place) -> Settled:
        """A score that was not played then, and is not now: it counts as played, without an answer."""
        self.reached[here] = End(NodeStatus.SUCCEEDED, SUCCESS, given, {}, None)
        return Settled(NodeStatus.SUCCEEDED, SUCCESS, {})

    def _skip(self, node: NodeDocument, iteration: str, why: JSON | None) -> None:
        self.reached[node.key, iteration] = End(NodeStatus.SKIPPED, None, None, None, why)

    def _note(self, here: Place) -> None:
        entry = self.performance.journal.entries.get(here)  # type: ignore[attr-defined]
        if entry is not None:
            self.reached[here] = End(
                entry.status, entry.port, entry.input, entry.output, entry.error
            )


Asked = tuple[Recorded, Place, JSON]


def replay(asked: list[Asked]) -> list[dict[Place, End]]:
    """How the nodes behind each answer would end, one walk after the other."""
    return asyncio.run(_replay(asked))


async def _replay(asked: list[Asked]) -> list[dict[Place, End]]:
    reached = []
    with ThreadPoolExecutor(1, "replay") as pool:
        async with aclosing(Egress.from_settings()) as http, aclosing(Models()) as models:
            for recorded, place, answer in asked:
                performance = _performance(recorded, pool, http, models)
                walk = _Replay(recorded, place, answer, performance).walk()
                reached.append(_behind(recorded, place, await walk))
        pool.submit(connections.close_all).result()
    return reached


def _performance(
    recorded: Recorded, pool: ThreadPoolExecutor, http: Egress, models: Models
) -> Performance:
    run = recorded.run
    claimed = ClaimedRun(
        id=run.pk,
        fence=run.fence,
        workspace_id=run.workspace_id,
        score_id=run.score_id,
        mode="rehearsal",
        input=run.input,
        pins=run.pins,
        orchestra_id=run.orchestra_id,
    )
    return Performance(
        run=claimed,
        graph=recorded.graph,
        journal=_Scratch(),
        recorded={},
        pool=pool,
        http=http,
        models=models,
        stopping=lambda: False,
        holds=lambda: True,
        places=Places(lambda: False),
    )


def _behind(recorded: Recorded, place: Place, ends: dict[Place, End]) -> dict[Place, End]:
    key, iteration = place
    keys = {key, *behind(recorded.document, [key])}
    return {
        (k, path): e
        for (k, path), e in ends.items()
        if k in keys and _is_on_the_way(path, iteration)
    }


def _is_on_the_way(path: str, iteration: str) -> bool:
    """In the same item, deeper in it, or further out; not in another item."""
    return (
        f"{path}/".startswith(f"{iteration}/") or f"{iteration}/".startswith(f"{path}/") or not path
    )


def _unknown(node: NodeDocument) -> JSON:
    return {"code": "node_error", "message": "It failed.", "node": node.key, "details": {}}
