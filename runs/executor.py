"""The walk: in which order nodes play, and what each is given.

It knows no database, no HTTP and no queue: it is handed the function that plays a node. A node is
ready when each of its incoming edges is settled and enough of them delivered; a node that can no
longer be ready is skipped, visibly.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from runs.models.choices import NodeStatus
from scores.document import EVERY, ITEM, ON_ERROR, EdgeDocument, NodeDocument
from scores.graph import Graph
from scores.scopes import Loop, Scope
from scores.transform import carry, merge

JSON = dict[str, Any]
WaitingFor = Literal["answer", "gate", "budget", "subscore", "retry", "limit"]
URGENCY: tuple[WaitingFor, ...] = ("answer", "gate", "budget", "subscore", "retry", "limit")


class Stop(Exception):
    """This player starts no more nodes; the run goes on elsewhere."""


class Parked(Exception):
    """The walk got as far as it can; the rest waits for something, or until a time."""

    def __init__(self, waiting_for: WaitingFor, resume_at: datetime | None = None) -> None:
        super().__init__(waiting_for)
        self.waiting_for = waiting_for
        self.resume_at = resume_at

    @classmethod
    def all(cls, parked: Iterable["Parked"]) -> "Parked":
        """Several at once: the most urgent one is told, the earliest time counts."""
        parked = list(parked)
        asks = min((one.waiting_for for one in parked), key=URGENCY.index)
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

    def carried(self, edge: EdgeDocument) -> JSON | None:
        """What arrives over this edge of the node; None when it is dead."""
        by_every = self.port == EVERY and edge.from_port != ON_ERROR
        delivered = by_every or (self.port is not None and edge.from_port == self.port)
        return carry(self.output, edge.transform) if delivered else None


@dataclass(frozen=True, slots=True)
class Played:
    """How a scope ended: its sinks' outputs merged in document order; did any sink run."""

    output: JSON
    ran: bool
    errors: int


PlayNode = Callable[["ScopeWalk", NodeDocument, JSON, str], Awaitable[Settled]]
SkipNode = Callable[[NodeDocument, str, JSON | None], None]
Ends = Mapping[str, Settled]  # by node: one node, or all of a loop


@dataclass(frozen=True, slots=True)
class Walk:
    """One playing of one graph.

    `play(scope, node, input, iteration)` settles a node or raises NodeFailed, Parked or Stop;
    `skip(node, iteration, why)` notes a node that will not play; `stopping()` says that no node
    may start any more.
    """

    graph: Graph
    play: PlayNode
    skip: SkipNode
    stopping: Callable[[], bool]

    async def run(self, given: JSON) -> Played:
        """Play the whole graph; its sources are given the run's input.

        Raises Stop, NodeFailed or Parked once all nodes in flight have ended by themselves.
        """
        return await ScopeWalk(self, self.graph.scope(None), given, "").run()


class ScopeWalk:
    """One scope being played: which edges are settled, which nodes are ready or in flight."""

    def __init__(
        self,
        walk: Walk,
        scope: Scope,
        given: JSON,
        iteration: str,
        outer: "ScopeWalk | None" = None,
    ) -> None:
        self.walk = walk
        self.scope = scope
        self.given = given
        self.iteration = iteration
        self.outer = outer
        self.brought_back: dict[str, list[JSON]] = {}
        self.unsettled = dict(scope.waits)
        self.carried: dict[int, JSON | None] = {}  # by id(edge): None is a dead edge
        self.ready: list[tuple[str, JSON]] = []
        self.live: set[asyncio.Future[Ends]] = set()
        self.ended: dict[str, Settled] = {}
        self.errors = 0
        self.skipped: list[str] = []
        self.trouble: list[Exception] = []

    async def body(self, owner: str, item: JSON, iteration: str) -> Played:
        """Play one iteration of the body of `owner`, a map_over of this scope."""
        scope = self.walk.graph.scope(owner)
        return await ScopeWalk(self.walk, scope, item, iteration, self).run()

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
        for unit in [unit for unit, waits in self.unsettled.items() if not waits]:
            self._decide(unit)
        item = Settled(NodeStatus.SUCCEEDED, ITEM, self.given)
        for edge in self.scope.from_outside:
            by_item = edge.source == self.scope.owner
            self._follow(edge, item if by_item else self._settled_outside(edge.source))
        self._settle_skipped()

    def _settled_outside(self, key: str) -> Settled:
        scope = self.outer
        while scope is not None and key not in scope.ended:
            scope = scope.outer
        if scope is None:
            raise KeyError(f"{key} has not settled before what reads it")
        return scope.ended[key]

    async def _advance(self) -> None:
        if len(self.ready) == 1 and not self.live:  # a chain needs no task per node
            self._take(await _attempt(self._play(*self.ready.pop())))
            return
        self.live |= {asyncio.ensure_future(self._play(*ready)) for ready in self.ready}
        self.ready = []
        done, self.live = await asyncio.wait(self.live, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            self._take(await _attempt(task))

    async def _play(self, unit: str, given: JSON) -> Ends:
        if unit in self.scope.loops:
            return await self._play_loop(self.scope.loops[unit])
        if self.walk.stopping():
            raise Stop
        node = self.walk.graph.nodes[unit]
        settled = await self.walk.play(self, node, given, self.iteration)
        self.errors += settled.errors
        return {unit: settled}

    async def _play_loop(self, loop: Loop) -> Ends:
        """Pass after pass while an edge leads back; what follows the loop sees the last one."""
        brought: list[JSON] = []
        for number in range(1, loop.max_passes + 1):
            path = self._path_of_pass(loop, number)
            one = ScopeWalk(self.walk, loop.scope, self.given, path, self)
            one.brought_back[loop.head] = brought
            self.errors += (await one.run()).errors
            brought = one.leading_back(loop)
            if not brought:
                return one.ended
        spent = self._path_of_pass(loop, loop.max_passes + 1)
        self.walk.skip(self.walk.graph.nodes[loop.head], spent, _passes_spent(loop))
        return one.ended

    def leading_back(self, loop: Loop) -> list[JSON]:
        """What this pass brings back to the head; nothing when the head itself was skipped."""
        if self.ended[loop.head].status == NodeStatus.SKIPPED:
            return []
        brought = [self.ended[edge.source].carried(edge) for edge in loop.back]
        return [output for output in brought if output is not None]

    def _path_of_pass(self, loop: Loop, number: int) -> str:
        """The first pass bears no number, so that what is passed once reads like any node."""
        if number == 1:
            return self.iteration
        return f"{self.iteration}/{loop.head}#{number}".removeprefix("/")

    def _take(self, outcome: Ends | Exception) -> None:
        if isinstance(outcome, Exception):
            self.trouble.append(outcome)
        else:
            self._settle(outcome)
        if any(not isinstance(trouble, Parked) for trouble in self.trouble):
            self.ready = []  # what is in flight runs to its own end, nothing new begins

    def _settle(self, ends: Ends) -> None:
        self.ended |= ends
        for key, settled in ends.items():
            self._spread(key, settled)
        self._settle_skipped()

    def _settle_skipped(self) -> None:
        """A list, not recursion: a dead branch may be hundreds of nodes long."""
        while self.skipped:
            key = self.skipped.pop()
            self.walk.skip(self.walk.graph.nodes[key], self.iteration, None)
            self.ended[key] = Settled(NodeStatus.SKIPPED)
            self._spread(key, self.ended[key])

    def _spread(self, key: str, settled: Settled) -> None:
        for edge in self.scope.out_of[key]:
            self._follow(edge, settled)
        for held in self.scope.holds[key]:
            self._count_down(held, key)

    def _follow(self, edge: EdgeDocument, settled: Settled) -> None:
        self.carried[id(edge)] = settled.carried(edge)
        self._count_down(edge.target, edge.source)

    def _count_down(self, key: str, settled: str) -> None:
        unit = self.scope.unit[key]
        if self.scope.unit.get(settled) == unit:
            return  # inside one loop
        self.unsettled[unit] -= 1
        if self.unsettled[unit] == 0:
            self._decide(unit)

    def _decide(self, unit: str) -> None:
        if unit in self.scope.loops:
            self.ready.append((unit, {}))
            return
        node, edges = self.walk.graph.nodes[unit], self.scope.into[unit]
        brought = [out for edge in edges if (out := self.carried[id(edge)]) is not None]
        again = self.brought_back.get(unit, [])
        if not edges:
            brought = [self.given]
        elif not again and len(brought) < _needed(node, len(edges)):
            self.skipped.append(unit)
            return
        params = node.config.get("params", {})
        self.ready.append((unit, merge(params, [*brought, *again])))

    def _result(self) -> Played:
        ran = [
            self.ended[key]
            for key in self.scope.sinks
            if self.ended[key].status == NodeStatus.SUCCEEDED
        ]
        return Played(
            output=merge({}, [settled.output for settled in ran]),
            ran=bool(ran),
            errors=self.errors,
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


async def _attempt(settling: Awaitable[Ends]) -> Ends | Exception:
    try:
        return await settling
    except (Stop, NodeFailed, Parked) as trouble:
        return trouble


def _needed(node: NodeDocument, edges: int) -> int:
    """How many of the edges into a node must deliver for it to play."""
    join = node.config.get("join", "any")
    if join == "any":
        return 1
    return edges if join == "all" else int(join)


def _passes_spent(loop: Loop) -> JSON:
    message = f"An edge leads back once more, but {loop.max_passes} passes are all it may take."
    details = {"max_passes": loop.max_passes}
    return {"code": "passes_spent", "message": message, "node": loop.head, "details": details}
