"""The walk: in which order nodes play, and what each is given.

It knows no database, no HTTP and no queue: it is handed the function that plays a node. A node is
ready when each of its incoming edges is settled and enough of them delivered; a node that can no
longer be ready is skipped, visibly.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from runs.models.choices import NodeStatus
from scores.document import ITEM, EdgeDocument, NodeDocument
from scores.graph import Graph
from scores.transform import carry, merge

JSON = dict[str, Any]
WaitingFor = Literal["answer", "gate"]


class Stop(Exception):
    """This player starts no more nodes; the run goes on elsewhere."""


class Parked(Exception):
    """The walk got as far as it can; the rest waits for an answer or a gate, or until a time."""

    def __init__(self, waiting_for: WaitingFor, resume_at: datetime | None = None) -> None:
        super().__init__(waiting_for)
        self.waiting_for = waiting_for
        self.resume_at = resume_at

    @classmethod
    def all(cls, parked: Iterable["Parked"]) -> "Parked":
        """Several at once: an answer is the more urgent, the earliest time counts."""
        parked = list(parked)
        asks: WaitingFor = "answer" if any(p.waiting_for == "answer" for p in parked) else "gate"
        times = [p.resume_at for p in parked if p.resume_at is not None]
        return cls(asks, min(times, default=None))


class NodeFailed(Exception):
    """A node failed and nothing in the graph takes its error."""

    def __init__(self, node: str, error: JSON) -> None:
        super().__init__(error["message"])
        self.node = node
        self.error = error


@dataclass(frozen=True, slots=True)
class Settled:
    """How a node ended. `port` None: all its edges are dead. `errors`: collected, not fatal."""

    status: NodeStatus
    port: str | None = None
    output: JSON = field(default_factory=dict)
    errors: int = 0


@dataclass(frozen=True, slots=True)
class Played:
    """How a scope ended: its sinks' outputs merged in document order; did any sink run."""

    output: JSON
    ran: bool
    errors: int


PlayNode = Callable[["ScopeWalk", NodeDocument, JSON, str], Awaitable[Settled]]
SkipNode = Callable[[NodeDocument, str], None]


@dataclass(frozen=True, slots=True)
class Walk:
    """One playing of one graph.

    `play(scope, node, input, iteration)` settles a node or raises NodeFailed, Parked or Stop;
    `skip(node, iteration)` notes a node that will not play; `stopping()` says that no node may
    start any more.
    """

    graph: Graph
    play: PlayNode
    skip: SkipNode
    stopping: Callable[[], bool]

    async def run(self, given: JSON) -> Played:
        """Play the whole graph; its sources are given the run's input.

        Raises Stop, NodeFailed or Parked once all nodes in flight have ended by themselves.
        """
        return await ScopeWalk(self, None, given, "", None).run()


class ScopeWalk:
    """One scope being played: which edges are settled, which nodes are ready or in flight."""

    def __init__(
        self,
        walk: Walk,
        owner: str | None,
        given: JSON,
        iteration: str,
        outer: "ScopeWalk | None",
    ) -> None:
        self.walk = walk
        self.scope = walk.graph.scope(owner)
        self.owner = owner
        self.given = given
        self.iteration = iteration
        self.outer = outer
        self.unsettled = {
            key: len(self.scope.into[key]) + len(self.scope.held[key]) for key in self.scope.keys
        }
        self.carried: dict[int, JSON | None] = {}  # by id(edge): None is a dead edge
        self.ready: list[tuple[NodeDocument, JSON]] = []
        self.live: dict[asyncio.Future[Settled], NodeDocument] = {}
        self.ended: dict[str, Settled] = {}
        self.skipped: list[str] = []
        self.trouble: list[Exception] = []

    async def body(self, owner: str, item: JSON, iteration: str) -> Played:
        """Play one iteration of the body of `owner`, a map_over of this scope."""
        return await ScopeWalk(self.walk, owner, item, iteration, self).run()

    async def run(self) -> Played:
        self._open()
        while self.ready or self.live:
            try:
                await self._advance()
            except BaseException:
                await self._abandon()
                raise
        raise_trouble(self.trouble)
        return self._result()

    def _open(self) -> None:
        """Settle what is known from the start: sources, the item, and what lies further out."""
        for key in self.scope.keys:
            if not self.unsettled[key]:
                self._decide(key)
        for key in self.scope.keys:
            for edge in self.scope.into[key]:
                if edge.source == self.owner:
                    self._settle_edge(edge, self.given if edge.from_port == ITEM else None)
                elif edge.source not in self.unsettled:
                    self._follow(edge, self._settled_outside(edge.source))
        self._settle_skipped()

    def _settled_outside(self, key: str) -> Settled:
        scope = self.outer
        while scope is not None and key not in scope.ended:
            scope = scope.outer
        if scope is None:
            raise KeyError(f"{key} has not settled before the map that reads it")
        return scope.ended[key]

    async def _advance(self) -> None:
        if len(self.ready) == 1 and not self.live:  # a chain needs no task per node
            node, given = self.ready.pop()
            self._take(node, await _attempt(self._play(node, given)))
            return
        for node, given in self.ready:
            self.live[asyncio.ensure_future(self._play(node, given))] = node
        self.ready = []
        done, _ = await asyncio.wait(self.live, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            self._take(self.live.pop(task), await _attempt(task))

    async def _play(self, node: NodeDocument, given: JSON) -> Settled:
        if self.walk.stopping():
            raise Stop
        return await self.walk.play(self, node, given, self.iteration)

    def _take(self, node: NodeDocument, outcome: Settled | Exception) -> None:
        if isinstance(outcome, Settled):
            self._settle(node.key, outcome)
        else:
            self.trouble.append(outcome)
        if any(not isinstance(trouble, Parked) for trouble in self.trouble):
            self.ready = []  # what is in flight runs to its own end, nothing new begins

    def _settle(self, key: str, settled: Settled) -> None:
        self._spread(key, settled)
        self._settle_skipped()

    def _settle_skipped(self) -> None:
        """A list, not recursion: a dead branch may be hundreds of nodes long."""
        while self.skipped:
            key = self.skipped.pop()
            self.walk.skip(self.walk.graph.nodes[key], self.iteration)
            self._spread(key, Settled(NodeStatus.SKIPPED))

    def _spread(self, key: str, settled: Settled) -> None:
        self.ended[key] = settled
        for edge in self.scope.out_of[key]:
            self._follow(edge, settled)
        for held in self.scope.holds[key]:
            self._count_down(held)

    def _follow(self, edge: EdgeDocument, settled: Settled) -> None:
        delivered = settled.port is not None and edge.from_port == settled.port
        self._settle_edge(edge, settled.output if delivered else None)

    def _settle_edge(self, edge: EdgeDocument, output: JSON | None) -> None:
        self.carried[id(edge)] = None if output is None else carry(output, edge.transform)
        self._count_down(edge.target)

    def _count_down(self, key: str) -> None:
        self.unsettled[key] -= 1
        if self.unsettled[key] == 0:
            self._decide(key)

    def _decide(self, key: str) -> None:
        node, edges = self.walk.graph.nodes[key], self.scope.into[key]
        delivered = [out for edge in edges if (out := self.carried[id(edge)]) is not None]
        if not edges:
            self._make_ready(node, [self.given])
        elif len(delivered) == len(edges) or (delivered and node.config.get("join") != "all"):
            self._make_ready(node, delivered)
        else:
            self.skipped.append(key)

    def _make_ready(self, node: NodeDocument, delivered: list[JSON]) -> None:
        self.ready.append((node, merge(node.config.get("params", {}), delivered)))

    def _result(self) -> Played:
        ran = [
            self.ended[key]
            for key in self.scope.sinks
            if self.ended[key].status == NodeStatus.SUCCEEDED
        ]
        return Played(
            output=merge({}, [settled.output for settled in ran]),
            ran=bool(ran),
            errors=sum(settled.errors for settled in self.ended.values()),
        )

    async def _abandon(self) -> None:
        """Cancelled or fenced: end what is in flight and wait until it has ended."""
        for task in self.live:
            task.cancel()
        await asyncio.gather(*self.live, return_exceptions=True)


def raise_trouble(trouble: Sequence[object]) -> None:
    """The gravest of what happened at once: a stop, else the first failure, else all that waits."""
    for kind in (Stop, NodeFailed):
        for one in trouble:
            if isinstance(one, kind):
                raise one
    parked = [one for one in trouble if isinstance(one, Parked)]
    if parked:
        raise Parked.all(parked)


async def _attempt(settling: Awaitable[Settled]) -> Settled | Exception:
    try:
        return await settling
    except (Stop, NodeFailed, Parked) as trouble:
        return trouble
