"""What the checks accept, the executor plays to the end; what they call a circle, it cannot.

Of ten thousand graphs, or as many as GRAPHS says.
"""

import asyncio
import os
from typing import Any

import pytest

from maestro.errors import InvalidScore
from runs.executor import ScopeWalk, Settled, Walk
from runs.models.choices import NodeStatus
from runs.nodes import map_over
from scores.checks.references import Known
from scores.document import EVERY, ITEM, GraphDocument, NodeDocument
from scores.graph import Graph
from scores.ports import own_ports
from scores.validation import check_document, errors_of
from tests.scores.generated import generated

JSON = dict[str, Any]
GRAPHS = int(os.environ.get("GRAPHS", "10000"))
PARTS = 4
KNOWN = Known({"ag_1": frozenset({1})}, {"sc_1": frozenset({1})})


class Player:
    """Leaves each node by one of its ports; remembers which nodes it played or skipped."""

    def __init__(self, document: GraphDocument) -> None:
        self.graph, self.settled = Graph.of(document), set[str]()

    def run(self) -> None:
        walk = Walk(self.graph, self._play, self._skip, lambda: False)
        asyncio.run(walk.run({"items": [1, 2]}))

    async def _play(
        self, scope: ScopeWalk, node: NodeDocument, given: JSON, iteration: str
    ) -> Settled:
        self.settled.add(node.key)
        await asyncio.sleep(0)
        if node.subkind == "map_over":
            items = {**given, "items": [1, 2]}
            return await map_over.play_joined(scope, node, items, iteration)
        if node.subkind == "parallel":
            return Settled(NodeStatus.SUCCEEDED, EVERY, given)
        ports = own_ports(node)
        port = ports[sum(map(ord, node.key + iteration)) % len(ports)]
        return Settled(NodeStatus.SUCCEEDED, port, {node.key: 1})

    def _skip(self, node: NodeDocument, iteration: str, why: JSON | None) -> None:
        self.settled.add(node.key)


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


def _plays_to_the_end(document: GraphDocument, seed: int) -> None:
    player = Player(document)
    player.run()
    scope = player.graph.scope(None)
    assert set(scope.keys) <= player.settled, f"seed {seed} left nodes unsettled"
    assert ITEM not in player.settled
