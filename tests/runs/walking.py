"""Walks driven by a table of answers instead of nodes that do something."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from runs.executor import NodeFailed, Played, ScopeWalk, Settled, Settling, Walk
from runs.models.choices import NodeStatus
from runs.nodes import map_over
from scores.document import GraphDocument, NodeDocument
from scores.graph import Graph

JSON = dict[str, Any]
Answer = JSON | tuple[str, JSON] | Callable[[JSON], JSON | tuple[str, JSON]]


class Scripted:
    """A walk whose nodes answer from `answers` (default: their input); remembers what happened.

    `at_once`: they never wait.
    """

    at_once = False

    def __init__(
        self, document: GraphDocument, answers: Mapping[str, Answer] | None = None
    ) -> None:
        self.answers = answers or {}
        self.given: dict[tuple[str, str], JSON] = {}
        self.order: list[str] = []
        self.skipped: list[tuple[str, str]] = []
        self.reasons: dict[tuple[str, str], JSON] = {}
        self.stop_after: int | None = None
        self.recorded: dict[tuple[str, str], Settled] = {}
        self.walk = Walk(Graph.of(document), self._play, self._skip, self._stopping)

    def run(self, given: JSON | None = None) -> Played:
        """Play on from what earlier runs of this walk recorded."""
        return asyncio.run(self.walk.run(given or {}))

    def _play(self, scope: ScopeWalk, node: NodeDocument, given: JSON, iteration: str) -> Settling:
        if (node.key, iteration) in self.recorded:
            return self.recorded[node.key, iteration]
        self.order.append(node.key)
        self.given[node.key, iteration] = given
        if node.subkind == "map_over":
            return map_over.play_joined(scope, node, given, iteration)
        if self.at_once:
            return self._answer(node, given, iteration)
        return self._answer_later(node, given, iteration)

    async def _answer_later(self, node: NodeDocument, given: JSON, iteration: str) -> Settled:
        await asyncio.sleep(0)
        return self._answer(node, given, iteration)

    def _answer(self, node: NodeDocument, given: JSON, iteration: str) -> Settled:
        answer = self.answers.get(node.key, given)
        answer = answer(given) if callable(answer) else answer
        port, output = answer if isinstance(answer, tuple) else ("success", answer)
        if port == "fail":
            raise NodeFailed(node.key, {"code": "broken", "message": "It broke.", **output})
        self.recorded[node.key, iteration] = Settled(NodeStatus.SUCCEEDED, port, output)
        return self.recorded[node.key, iteration]

    def _skip(self, node: NodeDocument, iteration: str, why: JSON | None) -> None:
        self.skipped.append((node.key, iteration))
        if why is not None:
            self.reasons[node.key, iteration] = why

    def _stopping(self) -> bool:
        return self.stop_after is not None and len(self.order) >= self.stop_after
