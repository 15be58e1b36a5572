"""Wherever a walk is cut off: what is recorded is not played again, and the end is the same."""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from runs.executor import Played, ScopeWalk, Settled, Settling, Walk
from runs.models.choices import NodeStatus
from runs.nodes import map_over
from scores.document import EdgeDocument, GraphDocument, NodeDocument
from scores.graph import Graph
from tests.scores import graphs

JSON = dict[str, Any]
Place = tuple[str, str]  # node and iteration
Settlings = list[tuple[Place, Settled]]

PORTS = ("success", "other", "nowhere")
ITEMS = 3


@dataclass
class Player:
    """Plays a graph whose nodes answer by `chances`; starts from what is `recorded`."""

    document: GraphDocument
    chances: Sequence[int]
    recorded: Settlings = field(default_factory=list)
    played: set[Place] = field(default_factory=set)

    def run(self) -> Played:
        self.known = dict(self.recorded)
        walk = Walk(Graph.of(self.document), self._play, self._skip, lambda: False)
        return asyncio.run(walk.run({"items": list(range(ITEMS))}))

    def _play(self, scope: ScopeWalk, node: NodeDocument, given: JSON, iteration: str) -> Settling:
        place = node.key, iteration
        if place in self.known:
            return self.known[place]
        self.played.add(place)
        if node.subkind == "map_over":
            return self._record(place, map_over.play_joined(scope, node, given, iteration))
        waits = (self._chance(place) + len(self.played)) % 4
        if waits:
            return self._record(place, self._answer_after(waits, place))
        settled = self._answer(place)
        self.recorded.append((place, settled))
        return settled

    async def _record(self, place: Place, settling: Awaitable[Settled]) -> Settled:
        settled = await settling
        self.recorded.append((place, settled))
        return settled

    async def _answer_after(self, waits: int, place: Place) -> Settled:
        """The same at each playing of this place, but after another wait."""
        for _ in range(waits):
            await asyncio.sleep(0)
        return self._answer(place)

    def _answer(self, place: Place) -> Settled:
        chance = self._chance(place)
        output = {place[0]: chance, "items": list(range(chance % ITEMS))}
        return Settled(NodeStatus.SUCCEEDED, PORTS[chance % len(PORTS)], output)

    def _chance(self, place: Place) -> int:
        return self.chances[sum(map(ord, "".join(place))) % len(self.chances)]

    def _skip(self, node: NodeDocument, iteration: str, output: JSON | None) -> None:
        place = node.key, iteration
        if place not in self.known:
            self.recorded.append((place, Settled(NodeStatus.SKIPPED)))


@st.composite
def documents(draw: st.DrawFn) -> GraphDocument:
    """A graph without circles, some of whose nodes may be the body of a map at its start."""
    keys = [f"n{number}" for number in range(draw(st.integers(2, 7)))]
    body = keys[: draw(st.integers(0, len(keys) - 1))]
    joins = st.sampled_from(["any", "all"])
    nodes = [graphs.step(key, config={"join": draw(joins)}) for key in keys]
    pairs = [
        (a, b)
        for number, b in enumerate(keys)
        for a in keys[:number]
        if (a in body) == (b in body) and draw(st.booleans())
    ]
    edges = [_edge(a, draw(st.sampled_from(PORTS[:2])), b) for a, b in pairs]
    if body:
        nodes.insert(0, graphs.map_over("each", *body, concurrency=draw(st.integers(1, 3))))
        edges.insert(0, _edge("each", "item", body[0]))
        edges += [_edge("each", "success", key) for key in keys[len(body) :] if draw(st.booleans())]
    return GraphDocument(nodes=nodes, edges=edges)


def _edge(source: str, port: str, target: str) -> EdgeDocument:
    return EdgeDocument(source=source, from_port=port, target=target)


@settings(max_examples=150)
@given(documents(), st.lists(st.integers(0, 50), min_size=1, max_size=8), st.data())
def test_a_resumed_walk_ends_as_an_uncut_one_and_plays_nothing_recorded_again(
    document: GraphDocument, chances: list[int], data: st.DataObject
) -> None:
    uncut = Player(document, chances)
    whole = uncut.run()
    cut = data.draw(st.integers(0, len(uncut.recorded)), "recorded before the crash")

    resumed = Player(document, chances, uncut.recorded[:cut])
    end = resumed.run()

    assert end == whole
    assert not resumed.played & {place for place, _ in uncut.recorded[:cut]}
    assert dict(resumed.recorded) == dict(uncut.recorded)
    assert len(resumed.recorded) == len(uncut.recorded)
