"""Group commit: one writer per loop takes all there is, one statement, one commit.

While it waits for the disk the loop runs on; the commit in flight is the batching window. A barrier
is a wait for the writer's sequence number, shared by all nodes and runs in flight.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

import psycopg

from runs.connections import connect_async
from runs.models import NodeStatus, RunStatus

from .entries import Claim, NodeEntry, RunChange, Usage
from .statements import BATCH, ONE

Entry = NodeEntry | RunChange

RECONNECT_SECONDS = 0.2
MAX_BATCH_CHARACTERS = 32 * 1024 * 1024  # jsonb refuses 256 MiB; this leaves room for wide text


class Fenced(Exception):
    """Another player has the run now: this walk must write nothing and stop."""


class Cursor(Protocol):
    def execute(self, sql: str, params: Mapping[str, Any]) -> Any: ...  # noqa: ANN401
    def fetchall(self) -> Sequence[tuple[Any, ...]]: ...


def record_in(cursor: Cursor, entry: NodeEntry) -> None:
    """Write a node's row inside the caller's Django transaction, as its last statement.

    Last, because it locks the run's row, and that lock should last no longer than the commit.
    Raises `Fenced` when the run is no longer this player's: the transaction must roll back.
    """
    cursor.execute(BATCH, _parameters([(entry, entry.as_json())]))
    if not cursor.fetchall():
        raise Fenced(entry.run)


class Journal:
    """The memory of a player: entries go in at once, `flush` waits until they are durable."""

    def __init__(self, on_fenced: Callable[[Claim], None] = lambda claim: None) -> None:
        self.connection: psycopg.AsyncConnection | None = None
        self.oldest: float | None = None  # monotonic time of the oldest entry not yet durable
        self._on_fenced = on_fenced
        self._entries: list[tuple[Entry, str]] = []
        self._taken = 0
        self._durable = 0
        self._barriers: list[tuple[int, asyncio.Future[None]]] = []
        self._fenced: set[Claim] = set()
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
        if sequence > self._durable:
            barrier = asyncio.get_running_loop().create_future()
            self._barriers.append((sequence, barrier))
            await barrier
        if claim in self._fenced:
            raise Fenced(claim[0])

    def forget(self, claim: Claim) -> None:
        """The walk under this claim is over here."""
        self._fenced.discard(claim)

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
                return

    async def connected(self) -> psycopg.AsyncConnection:
        """The writer's connection, opened again when it was lost."""
        if self.connection is None or self.connection.closed:
            self.connection = await connect_async()
        return self.connection

    def _append(self, entry: Entry) -> int:
        self._entries.append((entry, entry.as_json()))
        self._taken += 1
        if self.oldest is None:
            self.oldest = time.monotonic()
        self._wake.set()
        return self._taken

    def _take_batch(self) -> list[tuple[Entry, str]]:
        """As much as one statement can take: it may touch a row only once."""
        size = 0
        rows: set[tuple[Any, ...]] = set()
        for count, (entry, text) in enumerate(self._entries):
            size += len(text)
            if count and (size > MAX_BATCH_CHARACTERS or entry.row in rows):
                batch, self._entries = self._entries[:count], self._entries[count:]
                return batch
            rows.add(entry.row)
        batch, self._entries = self._entries, []
        return batch

    async def _write_batch(self, batch: list[tuple[Entry, str]]) -> None:
        live = await self._commit_until_known(batch)
        # A change repeated after an unknown outcome finds its run no longer running: not fenced.
        changed = {entry.claim for entry, _ in batch if isinstance(entry, RunChange)}
        for claim in {entry.claim for entry, _ in batch} - live - changed:
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

    async def _commit_until_known(self, batch: list[tuple[Entry, str]]) -> set[Claim]:
        """Commit, again after each lost connection; returns the claims that still hold."""
        again = False
        while True:
            try:
                connection = await self.connected()
                return await _commit(connection, batch, again)
            except (psycopg.DataError, psycopg.IntegrityError):
                return await self._commit_apart(batch)
            except (psycopg.OperationalError, psycopg.InterfaceError):
                again = True
                await self.disconnect()
                await asyncio.sleep(RECONNECT_SECONDS)

    async def _commit_apart(self, batch: list[tuple[Entry, str]]) -> set[Claim]:
        """One run's bad data must not fail its neighbours: each run by itself."""
        live: set[Claim] = set()
        for run in dict.fromkeys(entry.run for entry, _ in batch):
            own = [item for item in batch if item[0].run == run]
            live |= await self._commit_or_fail(own)
        return live

    async def _commit_or_fail(self, own: list[tuple[Entry, str]]) -> set[Claim]:
        connection = await self.connected()
        try:
            return await _commit(connection, own, again=True)
        except (psycopg.DataError, psycopg.IntegrityError) as refusal:
            failure = _refused(own[0][0], refusal)
            await _commit(connection, [(failure, failure.as_json())], again=True)
            return set()

    async def disconnect(self) -> None:
        if self.connection is not None:
            with contextlib.suppress(psycopg.Error):
                await self.connection.close()
        self.connection = None


async def _commit(
    connection: psycopg.AsyncConnection, batch: list[tuple[Entry, str]], again: bool
) -> set[Claim]:
    entry, text = batch[0]
    if len(batch) == 1 and not again and isinstance(entry, NodeEntry) and _fits_one(entry):
        parameters = {"run": entry.run, "fence": entry.fence, "node": text}
        cursor = await connection.execute(ONE, parameters)
    else:
        cursor = await connection.execute(BATCH, _parameters(batch))
    fences = _fences(batch)
    return {(run, fences[run]) for run, _ in await cursor.fetchall()}


def _fits_one(entry: NodeEntry) -> bool:
    """ONE inserts only, and adds up no money."""
    return (
        entry.status != NodeStatus.RUNNING and entry.idempotency_key is None and entry.model is None
    )


def _fences(batch: Iterable[tuple[Entry, str]]) -> dict[str, int]:
    """By run the newest fence: what an older claim of the same player left is dropped."""
    fences: dict[str, int] = {}
    for entry, _ in batch:
        fences[entry.run] = max(entry.fence, fences.get(entry.run, 0))
    return fences


def _parameters(batch: Iterable[tuple[Entry, str]]) -> dict[str, Any]:
    owners = _fences(batch)
    nodes: list[str] = []
    changes: list[str] = []
    counted: list[str] = []
    for entry, text in batch:
        (nodes if isinstance(entry, NodeEntry) else changes).append(text)
        if isinstance(entry, NodeEntry) and entry.counted != Usage():
            counted.append(entry.counted_as_json())
    return {
        "runs": list(owners),
        "fences": list(owners.values()),
        "nodes": f"[{','.join(nodes)}]",
        "changes": f"[{','.join(changes)}]",
        "counted": f"[{','.join(counted)}]",
    }


def _refused(entry: Entry, refusal: psycopg.Error) -> RunChange:
    node = entry.node_key if isinstance(entry, NodeEntry) else None
    reason = refusal.diag.message_primary or str(refusal)
    error: dict[str, Any] = {
        "code": "unstorable_output",
        "message": f"The database refused what a node gave: {reason}",
        "node": node,
        "details": {},
    }
    return RunChange(run=entry.run, fence=entry.fence, status=RunStatus.FAILED, error=error)
