"""Group commit: one writer per loop takes all there is, one statement, one commit.

While it waits for the disk the loop runs on; the commit in flight is the batching window. A barrier
is a wait for the writer's sequence number, shared by all nodes and runs in flight.
"""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import psycopg

from runs.connections import Reconnecting
from runs.crash import crash_point
from runs.executor import Stop
from runs.line import Line
from runs.models import RunStatus

from .commits import Ways, commit, parameters_of_one
from .entries import Claim, Entry, NodeEntry, Noted, RunChange
from .statements import ONE_AND_TELL
from .telling import Telling

RECONNECT_SECONDS = 0.2
PILE = 100
MANY_LANES = 64
MAX_BATCH_CHARACTERS = 32 * 1024 * 1024  # jsonb refuses 256 MiB; this leaves room for wide text


class Fenced(Exception):
    """Another player has the run now: this walk must write nothing and stop."""


class Cursor(Protocol):
    def execute(self, sql: str, params: Mapping[str, Any]) -> Any: ...  # noqa: ANN401
    def fetchall(self) -> Sequence[tuple[Any, ...]]: ...


def record_in(cursor: Cursor, entry: NodeEntry) -> None:
    """Write a node's row inside the caller's Django transaction, as its last statement.

    Last, because it locks the run's row, and that lock should last no longer than the commit.
    The transaction must roll back on `Fenced`: the run is no longer this player's, on `Stop`: it was
    cancelled, and on an IntegrityError: this row was written before.
    """
    cursor.execute(ONE_AND_TELL, parameters_of_one(entry, entry.freeze()))
    answer = cursor.fetchall()
    if not answer:
        raise Fenced(entry.run)
    if answer[0][1]:
        raise Stop


class Journal:
    """The memory of a player: entries go in at once, `flush` waits until they are durable."""

    def __init__(self, on_fenced: Callable[[Claim], None] = lambda claim: None) -> None:
        self.line = Line()
        # What others ask must not get into the transaction of a COPY, nor be taken back with it.
        self._others, self._copies = Reconnecting(), Reconnecting()
        self.telling = Telling(self.connected)
        self.oldest: float | None = None  # monotonic time of the oldest entry not yet durable
        self._on_fenced = on_fenced
        self._entries: list[Noted] = []
        self._taken = 0
        self._durable = 0
        self._barriers: list[tuple[int, asyncio.Future[None]]] = []
        self._fenced: set[Claim] = set()
        self._breathes = False
        self._breathed = 0
        self._cancelled: set[Claim] = set()
        self._wake = asyncio.Event()
        self._closed = False

    def intend(self, entry: NodeEntry) -> int:
        """Declare a write or a model call; returns the sequence number to `flush`."""
        return self._append(entry)

    def record(self, entry: Entry) -> int:
        """Note a settled node or a run's change; returns the sequence number to `flush`."""
        return self._append(entry)

    async def flush(self, claim: Claim, sequence: int | None = None) -> None:
        """Wait until everything up to `sequence` (default: all so far) is durable.

        Raises `Fenced` when the claim was found to be void.
        """
        sequence = self._taken if sequence is None else sequence
        if sequence > self._durable and claim not in self._fenced:
            barrier = asyncio.get_running_loop().create_future()
            self._barriers.append((sequence, barrier))
            await barrier
        if claim in self._fenced:
            raise Fenced(claim[0])

    def runs_ahead(self) -> bool:
        """Whether a walk that never waits has to let the loop do its other work first.

        One count for all lanes of all runs, else each of them would pile up its own share.
        """
        if self._taken - self._breathed < PILE:
            return False
        if not self._breathes:
            self._breathes = True
            asyncio.get_running_loop().call_soon(self._breathe)
        return True

    def _breathe(self) -> None:
        self._breathes, self._breathed = False, self._taken

    def is_cancelled(self, claim: Claim) -> bool:
        """Whether the player heard of it, or somebody had asked when a row of it became durable."""
        return claim in self._cancelled

    def cancel(self, claim: Claim) -> None:
        """Somebody asked to cancel the run: none of its nodes may begin."""
        self._cancelled.add(claim)

    def is_fenced(self, claim: Claim) -> bool:
        """Whether nothing that this walk notes counts any more."""
        return claim in self._fenced

    def give_up(self, claim: Claim) -> None:
        """The run is over, though something still plays: what that notes is dropped."""
        self._fenced.add(claim)

    def forget(self, claim: Claim) -> None:
        """The walk under this claim is over here."""
        self._fenced.discard(claim)
        self._cancelled.discard(claim)

    def close(self) -> None:
        """Let the writer end once everything is durable."""
        self._closed = True
        self._wake.set()

    async def write(self) -> None:
        """The writer: runs until `close`. An exception here must end the process."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._entries:
                await self._write_batch(self._take_batch())
            if self._closed:
                await self.telling.finish()
                return

    async def connected(self) -> psycopg.AsyncConnection:
        """A connection for what the line does not do; each statement commits itself."""
        return await self._others.connected()

    def _append(self, entry: Entry) -> int:
        self._entries.append(Noted.of(entry))
        self._taken += 1
        if self.oldest is None:
            self.oldest = time.monotonic()
        self._wake.set()
        return self._taken

    def _take_batch(self) -> list[Noted]:
        """As much as one statement can take: it may touch a row only once."""
        self._breathed = self._taken  # for the writer to come here, the loop has turned
        size = 0
        rows: set[tuple[Any, ...]] = set()
        most = self._share()
        for count, noted in enumerate(self._entries):
            size += noted.size
            if count and (count == most or size > MAX_BATCH_CHARACTERS or noted.entry.row in rows):
                batch, self._entries = self._entries[:count], self._entries[count:]
                return batch
            rows.add(noted.entry.row)
        batch, self._entries = self._entries, []
        return batch

    def _share(self) -> int:
        """Half of what many lanes wait for: they play on while the other half becomes durable."""
        waiting = len(self._entries)
        return waiting // 2 if len(self._barriers) >= MANY_LANES else waiting

    async def _write_batch(self, batch: list[Noted]) -> None:
        crash_point("journal.commit")
        void = await self._store(batch)
        crash_point("journal.committed")
        # A change repeated after an unknown outcome finds its run no longer running: not fenced.
        changed = {noted.entry.claim for noted in batch if isinstance(noted.entry, RunChange)}
        for claim in void - changed:
            self._fenced.add(claim)
            self._on_fenced(claim)
        self._durable += len(batch)
        self.oldest = time.monotonic() if self._entries else None
        self._release_barriers()

    def _release_barriers(self) -> None:
        waiting = []
        for sequence, barrier in self._barriers:
            if sequence > self._durable:
                waiting.append((sequence, barrier))
            elif not barrier.done():
                barrier.set_result(None)
        self._barriers = waiting

    async def _store(self, batch: list[Noted], again: bool = False) -> set[Claim]:
        """Commit; returns the claims that are void.

        One run's bad data must not fail its neighbours: a batch that is refused is stored run by
        run, a run's entries one by one, and the culprit's run fails with the reason.
        """
        try:
            return await self._commit_until_known(batch, again)
        except (psycopg.DatabaseError, UnicodeError) as refusal:
            if again and len(batch) == 1:
                return await self._fail_run(batch[0].entry, refusal)
        void: set[Claim] = set()
        for part in _parts(batch):
            void |= await self._store(part, again=True)
        return void

    async def _commit_until_known(self, batch: list[Noted], again: bool) -> set[Claim]:
        """Commit, again after each lost connection; raises what the database has against it."""
        ways = Ways(self.line, self._copies.connected)
        while True:
            try:
                answer = await commit(ways, batch, again)
                self._cancelled |= answer.cancelled
                self.telling.of(noted.entry.run for noted in batch)
                return answer.void
            except (psycopg.OperationalError, psycopg.InterfaceError):
                again = True
                await self._copies.close()
                await asyncio.sleep(RECONNECT_SECONDS)

    async def _fail_run(self, culprit: Entry, refusal: Exception) -> set[Claim]:
        failure = _refused(culprit, refusal)
        await self._commit_until_known([Noted.of(failure)], again=True)
        return {culprit.claim}

    async def disconnect(self) -> None:
        self.line.close()
        await self._others.close()
        await self._copies.close()


def _parts(batch: list[Noted]) -> list[list[Noted]]:
    """By run; when it is one run already, by entry."""
    by_run: dict[str, list[Noted]] = {}
    for noted in batch:
        by_run.setdefault(noted.entry.run, []).append(noted)
    return list(by_run.values()) if len(by_run) > 1 else [[noted] for noted in batch]


def _refused(entry: Entry, refusal: Exception) -> RunChange:
    node = entry.node_key if isinstance(entry, NodeEntry) else None
    reason = refusal.diag.message_primary if isinstance(refusal, psycopg.Error) else None
    error: dict[str, Any] = {
        "code": "unstorable_output",
        "message": f"The database refused what a node gave: {reason or type(refusal).__name__}",
        "node": node,
        "details": {},
    }
    return RunChange(run=entry.run, fence=entry.fence, status=RunStatus.FAILED, error=error)
