"""A player's way to the places of limited skills; a call without limits passes without a word."""

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import psycopg

from agents.skills.operation import Operation
from maestro.ids import new_id
from runs.connections import Reconnecting
from runs.executor import Parked, Stop

from . import rows
from .admission import Claim, Verdict, pause
from .line import Line
from .scopes import LimitsOfWorkspaces, Scopes

ASK_AGAIN_SECONDS = 0.5  # the net under what is told
RECONNECT_SECONDS = 0.3
IN_LOOP_SECONDS = 30  # a longer wait parks the run
LONGEST_SECONDS = 3600

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Visit:
    """One call on its way to its place."""

    workspace: str
    scopes: Scopes
    ticket: str
    claim: Claim
    line: Line

    @property
    def is_counted(self) -> bool:
        """Whether a place is held that must be given back."""
        return any(limits.concurrency for limits in self.scopes.values())

    def expected_seconds(self) -> float:
        """How long the next in line has to wait at least, by the pace alone."""
        return (self.line.free_in or 0) + len(self.line) * max(map(pause, self.scopes.values()))


class Places:
    """`stopping()`: the player starts nothing more, so nobody waits any longer."""

    def __init__(
        self, stopping: Callable[[], bool], limits: LimitsOfWorkspaces | None = None
    ) -> None:
        self.changed = True  # what workspaces have set must be read (again)
        self._stopping = stopping
        self._limits = limits or LimitsOfWorkspaces()
        self._lines: dict[tuple[str, ...], Line] = defaultdict(Line)
        self._connection = Reconnecting()
        self._one_by_one = asyncio.Lock()
        self._under_way: set[asyncio.Task[object]] = set()

    async def read(self, connection: psycopg.AsyncConnection) -> None:
        """What workspaces have set: one statement per change, none per call."""
        rows_of_all = await (await connection.execute(rows.OWN)).fetchall()
        self._limits.put(rows_of_all)
        self.changed = False

    def tell(self) -> None:
        """Something may have changed: each line asks again."""
        for line in self._lines.values():
            line.tell()

    def are_limited(self, workspace: str, operation: Operation) -> bool:
        """Whether a call of the operation has to find a place at all."""
        return bool(self._limits.of(workspace, operation))

    @asynccontextmanager
    async def place(
        self, workspace: str, claim: tuple[str, int], operation: Operation, *, may_park: bool
    ) -> AsyncIterator[None]:
        """Wait until a call of the operation may begin, and hold its place until the block ends.

        Raises Parked("limit") when that takes long and `may_park`, Stop when the player ends.
        """
        scopes = self._limits.of(workspace, operation)
        if not scopes:
            yield
            return
        line = self._lines[workspace, *scopes]
        visit = Visit(workspace, scopes, new_id("ticket"), Claim(*claim), line)
        if may_park and visit.expected_seconds() > IN_LOOP_SECONDS:
            raise _parked(visit)
        try:
            await self._enter(visit, IN_LOOP_SECONDS if may_park else None)
        except BaseException:
            self._leave(visit)
            raise
        try:
            yield
        finally:
            if visit.is_counted:
                self._leave(visit)

    async def close(self) -> None:
        """Give back what is held; what the database does not take now ends with the runs."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=1)
        await self._connection.close()

    async def _enter(self, visit: Visit, patience: float | None) -> None:
        try:
            async with asyncio.timeout(patience), visit.line.turn(visit.claim.run):
                begin_in = await self._let_in(visit)
        except TimeoutError:
            raise _parked(visit) from None
        await asyncio.sleep(begin_in)
        if self._stopping():
            raise Stop

    async def _let_in(self, visit: Visit) -> float:
        """Ask until the answer is yes; seconds until the call may begin."""
        while not self._stopping():
            verdict = await asyncio.shield(self._go_on(self._ask(visit)))
            visit.line.free_in = verdict.ask_in
            if verdict.begin_in is not None:
                return verdict.begin_in
            await visit.line.news(verdict.ask_in or ASK_AGAIN_SECONDS)
        raise Stop

    def _leave(self, visit: Visit) -> None:
        """Nobody waits for it: what cut the call off must not cut this off."""
        self._go_on(self._give_back(visit))

    def _go_on(self, work: Coroutine[object, object, Answer]) -> asyncio.Task[Answer]:
        task = asyncio.ensure_future(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return task

    async def _ask(self, visit: Visit) -> Verdict:
        async def asked(connection: psycopg.AsyncConnection) -> Verdict:
            given = visit.workspace, visit.scopes, visit.ticket, visit.claim
            return await rows.ask(connection, *given)

        return await self._until_answered(asked)

    async def _give_back(self, visit: Visit) -> None:
        async def given_back(connection: psycopg.AsyncConnection) -> None:
            await rows.leave(connection, visit.workspace, visit.scopes, visit.ticket)

        await self._until_answered(given_back)
        for (workspace, *_), line in self._lines.items():
            if workspace == visit.workspace:
                line.tell()

    async def _until_answered(
        self, question: Callable[[psycopg.AsyncConnection], Coroutine[object, object, Answer]]
    ) -> Answer:
        """Asked again after a lost connection: both questions may be repeated."""
        while True:
            try:
                async with self._one_by_one:
                    return await question(await self._connection.connected())
            except (psycopg.OperationalError, psycopg.InterfaceError):
                await self._connection.close()
                await asyncio.sleep(RECONNECT_SECONDS)


def _parked(visit: Visit) -> Parked:
    """Until its turn may come; not all at the same moment, where nobody knows when."""
    seconds = max(visit.expected_seconds(), random.uniform(5, 15))
    resume_at = datetime.now(UTC) + timedelta(seconds=min(LONGEST_SECONDS, seconds))
    return Parked("limit", resume_at=resume_at)
