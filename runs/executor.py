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
from scores.document import EVERY, ITEM, ON_ERROR, EdgeDocument, NodeDocument
from scores.graph import Graph
from scores.scopes import Loop, Scope, needed
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


TROUBLE = (Stop, NodeFailed, Parked)


@dataclass(slots=True)  # not frozen: to make one would take four times as long, for each node
class Settled:
    """How a node ended. `port` None: all its edges are dead. `errors`: collected, not fatal."""

    status: NodeStatus
    port: str | None = None
    output: JSON = field(default_factory=dict)
    errors: int = 0

    def carried(self, edge: EdgeDocument) -> JSON | None:
        """What arrives over this edge of the node; None when it is dead."""
        by_every = self.port == EVERY and edge.from_port != ON_ERROR
        return (
            carry(self.output, edge.transform) if by_every or edge.from_port == self.port else None
        )


@dataclass(frozen=True, slots=True)
class Played:
    """How a scope ended: its sinks' outputs merged in document order; did any sink run."""

    output: JSON
    ran: bool
    errors: int


Settling = Settled | Awaitable[Settled]  # a node that has ended at once, or will
PlayNode = Callable[["ScopeWalk", NodeDocument, JSON, str], Settling]
SkipNode = Callable[[NodeDocument, str, JSON | None], None]


@dataclass(frozen=True, slots=True)
class Walk:
    """One playing of one graph.

    `play(scope, node, input, iteration)` settles a node, at once or when awaited, or raises
    NodeFailed, Parked or Stop; `skip(node, iteration, why)` notes a node that will not play;
    `stopping()` says that no node may start any more.
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
        self.live: set[asyncio.Future[None]] = set()
        self.ended: dict[str, Settled] = {}
        self.errors = 0
        self.skipped: list[str] = []
        self.trouble: list[Exception] = []
        self.fails = False

    def body(self, owner: str, item: JSON, iteration: str) -> Awaitable[Played]:
        """Play one iteration of the body of `owner`, a map_over of this scope."""
        scope = self.walk.graph.scope(owner)
        return ScopeWalk(self.walk, scope, item, iteration, self).run()

    async def run(self) -> Played:
        self._open()
        try:
            while self.ready or self.live:
                try:
                    if self.live or len(self.ready) > 1:
                        await self._play_together()
                    elif rest := self._play(*self.ready.pop()):  # a chain needs no task per node
                        await rest
                except TROUBLE as trouble:
                    self._note(trouble)
        except BaseException:
            await self._abandon()
            raise
        raise_trouble(self.trouble)
        return self._result()

    def _open(self) -> None:
        """Settle what is known from the start: sources, the item, and what lies further out."""
        for unit in self.scope.first:
            self._decide(unit)
        item = Settled(NodeStatus.SUCCEEDED, ITEM, self.given)
        for edge, unit in self.scope.from_outside:
            by_item = edge.source == self.scope.owner
            self._follow(edge, unit, item if by_item else self._settled_outside(edge.source))
        self._settle_skipped()

    def _settled_outside(self, key: str) -> Settled:
        scope = self.outer
        while scope is not None and key not in scope.ended:
            scope = scope.outer
        if scope is None:
            raise KeyError(f"{key} has not settled before what reads it")
        return scope.ended[key]

    async def _play_together(self) -> None:
        """Begin all that is ready, and wait until something has ended."""
        self.live |= {asyncio.ensure_future(self._play_apart(*ready)) for ready in self.ready}
        self.ready = []
        done, self.live = await asyncio.wait(self.live, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()

    async def _play_apart(self, unit: str, given: JSON) -> None:
        """In a task of its own from the first step on: what waits may be bound to its task."""
        try:
            if rest := self._play(unit, given):
                await rest
        except TROUBLE as trouble:
            self._note(trouble)

    def _play(self, unit: str, given: JSON) -> Awaitable[None] | None:
        """Play what is ready; None when it has settled already, as most pure nodes do."""
        if unit in self.scope.loops:
            return self._play_loop(self.scope.loops[unit])
        if self.walk.stopping():
            raise Stop
        node = self.walk.graph.nodes[unit]
        settling = self.walk.play(self, node, given, self.iteration)
        if not isinstance(settling, Settled):
            return self._settle_later(unit, settling)
        self._settle(unit, settling)
        return None

    async def _settle_later(self, unit: str, settling: Awaitable[Settled]) -> None:
        self._settle(unit, await settling)

    async def _play_loop(self, loop: Loop) -> None:
        """Pass after pass while an edge leads back; what follows the loop sees the last one."""
        brought: list[JSON] = []
        for number in range(1, loop.max_passes + 1):
            path = self._path_of_pass(loop, number)
            one = ScopeWalk(self.walk, loop.scope, self.given, path, self)
            one.brought_back[loop.head] = brought
            played = await one.run()
            self.errors += played.errors  # after the wait: nodes beside the loop count meanwhile
            brought = one.leading_back(loop)
            if not brought:
                break
        else:
            spent = self._path_of_pass(loop, loop.max_passes + 1)
            self.walk.skip(self.walk.graph.nodes[loop.head], spent, _passes_spent(loop))
        for key, settled in one.ended.items():
            self._end(key, settled)
        self._settle_skipped()

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

    def _note(self, trouble: Exception) -> None:
        """It is raised when nothing is in flight any more."""
        self.trouble.append(trouble)
        if not isinstance(trouble, Parked):
            self.fails = True
            self.ready = []

    def _settle(self, unit: str, settled: Settled) -> None:
        self.errors += settled.errors
        self._end(unit, settled)
        self._settle_skipped()

    def _settle_skipped(self) -> None:
        """A list, not recursion: a dead branch may be hundreds of nodes long."""
        while self.skipped:
            key = self.skipped.pop()
            self.walk.skip(self.walk.graph.nodes[key], self.iteration, None)
            self._end(key, Settled(NodeStatus.SKIPPED))

    def _end(self, key: str, settled: Settled) -> None:
        """Tell what comes after a node how that ended."""
        self.ended[key] = settled
        for edge, unit in self.scope.out_to[key]:
            self._follow(edge, unit, settled)
        for unit in self.scope.holds_back[key]:
            self._count_down(unit)

    def _follow(self, edge: EdgeDocument, unit: str, settled: Settled) -> None:
        self.carried[id(edge)] = settled.carried(edge)
        self._count_down(unit)

    def _count_down(self, unit: str) -> None:
        self.unsettled[unit] -= 1
        if self.unsettled[unit] == 0:
            self._decide(unit)

    def _decide(self, unit: str) -> None:
        """All that comes before it has settled: it is ready, or skipped."""
        if unit in self.scope.loops:
            self._get_ready(unit, {})
            return
        node, edges = self.walk.graph.nodes[unit], self.scope.into[unit]
        brought = [out for edge in edges if (out := self.carried[id(edge)]) is not None]
        again = self.brought_back.get(unit, [])
        if not edges:
            brought = [self.given]
        elif not again and len(brought) < needed(node, len(edges)):
            self.skipped.append(unit)
            return
        params = node.config.get("params", {})
        self._get_ready(unit, merge(params, [*brought, *again]))

    def _get_ready(self, unit: str, given: JSON) -> None:
        if not self.fails:  # what is in flight runs to its own end, nothing new begins
            self.ready.append((unit, given))

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


def _passes_spent(loop: Loop) -> JSON:
    message = f"An edge leads back once more, but {loop.max_passes} passes are all it may take."
    details = {"max_passes": loop.max_passes}
    return {"code": "passes_spent", "message": message, "node": loop.head, "details": details}
