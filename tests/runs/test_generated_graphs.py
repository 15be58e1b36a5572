"""What the checks accept, the executor plays to the end; what they call a circle, it cannot; and what
they say is never played, it plays by no choice of ports.

Of ten thousand graphs, or as many as GRAPHS says.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Mapping
from itertools import product
from typing import Any

import pytest

from maestro.errors import InvalidScore
from runs.executor import ScopeWalk, Settled, Settling, Walk
from runs.models.choices import NodeStatus
from runs.nodes import map_over
from runs.nodes.gate import APPROVED, EXPIRED
from scores.checks.references import Known
from scores.checks.ways import Ways
from scores.document import EVERY, ITEM, ON_ERROR, GraphDocument, NodeDocument
from scores.graph import Graph
from scores.ports import own_ports
from scores.validation import check_document, errors_of
from tests.scores.generated import generated

JSON = dict[str, Any]
GRAPHS = int(os.environ.get("GRAPHS", "10000"))
PARTS = 4
MOST_CHOICES = 60
KNOWN = Known({"ag_1": frozenset({1})}, {"sc_1": frozenset({1})})


class Player:
    """Leaves each node by the port chosen, else by one of its ports; remembers which nodes it played
    or skipped."""

    def __init__(self, document: GraphDocument, choice: Mapping[str, str] | None = None) -> None:
        self.graph, self.choice = Graph.of(document), choice or {}
        self.settled, self.played = set[str](), set[str]()

    def run(self) -> None:
        walk = Walk(self.graph, self._play, self._skip, lambda: False)
        asyncio.run(walk.run({"items": [1, 2]}))

    def _play(self, scope: ScopeWalk, node: NodeDocument, given: JSON, iteration: str) -> Settling:
        """Some end at once, some later."""
        self.settled.add(node.key)
        self.played.add(node.key)
        if node.subkind == "map_over" and self.choice.get(node.key) != ON_ERROR:
            return map_over.play_joined(scope, node, {**given, "items": [1, 2]}, iteration)
        lot = sum(map(ord, node.key + iteration))
        settled = self._answer(node, given, lot)
        return settled if lot % 3 else _later(settled)

    def _answer(self, node: NodeDocument, given: JSON, lot: int) -> Settled:
        if self.choice.get(node.key) == ON_ERROR:
            return Settled(NodeStatus.FAILED, ON_ERROR, given)
        if node.subkind == "parallel":
            return Settled(NodeStatus.SUCCEEDED, EVERY, given)
        ports = own_ports(node)
        port = self.choice.get(node.key, ports[lot % len(ports)])
        return Settled(NodeStatus.SUCCEEDED, port, {node.key: 1})

    def _skip(self, node: NodeDocument, iteration: str, why: JSON | None) -> None:
        self.settled.add(node.key)


async def _later(settled: Settled) -> Settled:
    await asyncio.sleep(0)
    return settled


@pytest.mark.parametrize("part", range(PARTS))
def test_the_checks_never_raise_and_accept_what_the_executor_plays(part: int) -> None:
    accepted = circles = 0
    for seed in range(part, GRAPHS, PARTS):
        document = generated(seed)
        errors = errors_of(check_document(document, KNOWN))
        if not errors:
            accepted += 1
            _plays_to_the_end(document, seed)
        elif {error.code for error in errors} == {"cycle"}:
            circles += 1
            with pytest.raises(InvalidScore):
                Graph.of(document)
        assert all(error.message for error in errors), seed
    looked_at = GRAPHS // PARTS
    assert accepted > looked_at // 10, "too few graphs are right to prove anything"
    assert circles > looked_at // 50, "too few graphs run in circles"


def test_what_is_never_played_is_told_and_nothing_else_is() -> None:
    looked_at = unplayed = 0
    for seed in range(GRAPHS):
        document = generated(seed)
        if not _waits_for_several(document) or errors_of(check_document(document, KNOWN)):
            continue
        told = {key for key, found in Ways(Graph.of(document)).of.items() if not found}
        choices = _choices(document)
        if len(choices) <= MOST_CHOICES:
            looked_at += 1
            unplayed += bool(told)
            played = set().union(*(_played(document, choice) for choice in choices))
            assert told == {node.key for node in document.nodes} - played, seed
    assert looked_at > GRAPHS // 50, "too few graphs were looked at to prove anything"
    assert unplayed > GRAPHS // 400, "too few graphs have nodes that are never played"


def _waits_for_several(document: GraphDocument) -> bool:
    arriving = Counter(edge.target for edge in document.edges)
    return any(
        arriving[node.key] > 1 and node.config.get("join", "any") != "any"
        for node in document.nodes
    )


def _choices(document: GraphDocument) -> list[dict[str, str]]:
    """Every way to leave the nodes that something follows; a gate here waits for ever."""
    left: dict[str, set[str]] = {}
    for edge in document.edges:
        if edge.from_port not in (EXPIRED, ITEM):
            left.setdefault(edge.source, set()).add(edge.from_port)
    for node in document.nodes:
        if node.subkind == "parallel" and node.key in left:
            left[node.key] = {EVERY}
        if node.subkind == "gate":
            left.setdefault(node.key, {APPROVED})
    return [dict(zip(left, ports, strict=True)) for ports in product(*left.values())]


def _played(document: GraphDocument, choice: dict[str, str]) -> set[str]:
    player = Player(document, choice)
    player.run()
    return player.played


def _plays_to_the_end(document: GraphDocument, seed: int) -> None:
    player = Player(document)
    player.run()
    scope = player.graph.scope(None)
    assert set(scope.keys) <= player.settled, f"seed {seed} left nodes unsettled"
    assert ITEM not in player.settled
