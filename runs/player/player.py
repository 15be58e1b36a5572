"""The life of a player: take a slot, play many runs in one loop, hand over, leave."""

import asyncio
import contextlib
import logging
import time
from collections import Counter
from contextlib import aclosing

import psycopg

from agents.egress import Egress
from agents.limits import LIMITS_CHANNEL
from agents.llm import Models
from maestro.ids import new_id
from maestro.workspaces.changing import HOSTS_CHANNEL
from runs.cluster.drain import DRAIN
from runs.connections import PLACES_CHANNEL, RUNS_CHANNEL, connect_async
from runs.journal import Journal
from runs.limits import Places
from runs.machine import machine
from runs.nodes.performance import ClaimedRun
from runs.queue import ring_softly

from .claiming import MAX_RUNS, RESERVE, SUSPECTS_TOGETHER, Claims, Taken
from .handover import hand_over
from .hosts import HostsOfWorkspaces
from .lease import Exit, Lease, end_process
from .memory import settle_memory
from .performing import Stage, cancelled, perform, write_last
from .slots import Slot, cluster_id, own_cluster
from .threads import Threads
from .window import Window

POLL_SECONDS = 5  # the net under LISTEN; while runs wait, each cluster rings once a second, too
CLAIM_PAUSE_SECONDS = 0.01  # of a player that has runs: many starts at once become one claim
TICK_SECONDS = 0.1
RECONNECT_SECONDS = 0.5
DRAIN_SECONDS = 15
HANDOVER_SECONDS = 300
CANCEL_SECONDS = 1

log = logging.getLogger(__name__)


def play(slots: list[int]) -> str:
    """Take a free slot of these and play until the window ends or the cluster drains.

    Returns why it ended. A player that breaks ends its process: its runs are charged for it.
    """
    slot = Slot.take(slots)
    if slot is None:
        return "no slot"
    with contextlib.closing(slot), contextlib.closing(Window()) as window:
        player = Player(slot, window)
        settle_memory()
        player.lease.enter(cluster_id(), machine())
        try:
            return asyncio.run(player.main())
        except BaseException:
            log.exception("player %s broke", player.id)
            end_process(Exit.BROKE)


class Player:
    """One loop over many runs; its lease thread ends the process when it may play no more."""

    def __init__(self, slot: Slot, window: Window) -> None:
        self.id = new_id("player")
        self.slot = slot
        self.window = window
        self.moved = time.monotonic()
        self.ending = False
        self.cancel_asked = False
        self.claim_unsure = False  # the answer to a claim was lost
        self.runs: dict[tuple[str, int], asyncio.Task[None]] = {}
        self.playing: Counter[str] = Counter()  # runs by workspace
        self.cancelling: set[str] = set()
        self.news = asyncio.Event()
        self.journal = Journal(on_fenced=self._drop)
        self.places = Places(self.stopping)
        self.hosts = HostsOfWorkspaces()
        self.claims = Claims(self.id)
        self.lease = Lease(self.id, lambda: self.moved, self._journal_waits)
        self.pool = Threads()

    def stopping(self) -> bool:
        """Whether no node may start any more: a drain, a hand-over, or a lease that ran out."""
        return self.ending or not self.lease.holds

    async def main(self) -> str:
        self.lease.start()
        writer = asyncio.create_task(self.journal.write())
        writer.add_done_callback(_end_with_writer)
        helpers = [asyncio.create_task(self._tick()), asyncio.create_task(self._listen())]
        log.info("player %s plays in slot %s", self.id, self.slot.number)
        async with aclosing(Egress.from_settings()) as http, aclosing(Models()) as models:
            reason = await self._play_until_the_end(http, models)
            await self._end(reason)
        await self.places.close()
        self.journal.close()
        await writer
        for helper in helpers:
            helper.cancel()
        self.lease.stop()
        await asyncio.to_thread(hand_over, self.id)
        await self.journal.disconnect()
        self.pool.shutdown(wait=False, cancel_futures=True)
        log.info("player %s ends: %s", self.id, reason)
        if self.runs or self.pool.given_up:
            end_process(Exit.NODE_STUCK)
        return reason

    async def _play_until_the_end(self, http: Egress, models: Models) -> str:
        stage = Stage(
            self.journal,
            self.pool,
            http,
            models,
            self.stopping,
            lambda: self.lease.holds,
            self.places,
            self.hosts,
        )
        while True:
            self.news.clear()
            if reason := self.window.why_leave(hung=self.pool.is_spent):
                return reason
            if not await self._take_runs(stage) and self.slot.for_suspects and not self.runs:
                return "no suspects"
            if self.runs:
                await asyncio.sleep(CLAIM_PAUSE_SECONDS)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.news.wait(), POLL_SECONDS)

    async def _take_runs(self, stage: Stage) -> int:
        """Claim what there is room for and begin to play it; 0 also while the database is away."""
        try:
            connection = await self.journal.connected()
            if self.claim_unsure:
                await self.claims.give_back(connection, self.runs)
                self.claim_unsure = False
            if self.places.changed:
                await self.places.read(connection)
            if self.hosts.changed:
                await self.hosts.read(connection)
            if self.cancel_asked:
                self.cancel_asked = False
                await self._cancel_runs(connection)
            taken = await self._claim(connection)
        except (psycopg.OperationalError, psycopg.InterfaceError):
            self.claim_unsure = True
            return 0
        for one in taken:
            self._begin(one, stage)
        if len({one.run.workspace_id for one in taken}) > 1:
            self.news.set()  # one that had more than its share may have the rest of the room
        return len(taken)

    def _begin(self, taken: Taken, stage: Stage) -> None:
        run = taken.run
        self.playing[run.workspace_id] += 1
        self.runs[run.claim] = asyncio.create_task(self._perform(taken, stage))
        self.runs[run.claim].add_done_callback(lambda _: self._ended(run))

    async def _claim(self, connection: psycopg.AsyncConnection) -> list[Taken]:
        if not self.slot.for_suspects:
            return await self._claim_fairly(connection)
        if await self.claims.suspects_left(connection, [run for run, _ in self.runs]):
            return []
        for deaths, together in SUSPECTS_TOGETHER.items():
            taken = await self.claims.take(connection, together, deaths)
            if taken:
                return taken
        return []

    async def _claim_fairly(self, connection: psycopg.AsyncConnection) -> list[Taken]:
        """Healthy runs; the last of the room is for workspaces that have little of it."""
        if room := max(0, MAX_RUNS - len(self.runs)):
            return await self.claims.take(connection, room, playing=self.playing)
        if room := max(0, MAX_RUNS + RESERVE - len(self.runs)):
            return await self.claims.take(connection, room, playing=self.playing, most=RESERVE)
        return []

    async def _perform(self, taken: Taken, stage: Stage) -> None:
        try:
            if taken.cancelled:
                await write_last(taken, self.journal, cancelled(taken))
            else:
                await perform(taken, stage)
        except asyncio.CancelledError:
            if taken.run.id not in self.cancelling:
                raise
            await write_last(taken, self.journal, cancelled(taken))

    async def _cancel_runs(self, connection: psycopg.AsyncConnection) -> None:
        asked = await self.claims.cancelled(connection, [run for run, _ in self.runs])
        fresh = set(asked) - self.cancelling  # one that is just ending must not be cut again
        self.cancelling |= fresh
        for (run, _), task in self.runs.items():
            if run in fresh:
                task.cancel()

    def _ended(self, run: ClaimedRun) -> None:
        full = len(self.runs) >= MAX_RUNS
        del self.runs[run.claim]
        self.playing -= Counter([run.workspace_id])
        self.cancelling.discard(run.id)
        self.journal.forget(run.claim)
        if full or self.slot.for_suspects:
            self.news.set()

    def _drop(self, claim: tuple[str, int]) -> None:
        """Another player has it: nothing of this walk counts any more."""
        if claim in self.runs:
            self.runs[claim].cancel()

    async def _end(self, reason: str) -> None:
        """No node starts any more: each run goes back to the queue when its nodes in flight have ended.

        What has not ended by the deadline is cut off.
        """
        self.ending = True
        self.places.tell()
        self.slot.close()
        if reason in ("hung", "window", "memory"):
            await asyncio.to_thread(ring_softly, "play", own_cluster())
        if not self.runs:
            return
        tasks = list(self.runs.values())
        await asyncio.wait(tasks, timeout=DRAIN_SECONDS if reason == "drain" else HANDOVER_SECONDS)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks, timeout=CANCEL_SECONDS)

    async def _tick(self) -> None:
        """The loop's pulse, which the lease thread watches; also where a drain is noticed."""
        while True:
            self.moved = time.monotonic()
            if DRAIN.is_set():
                self.news.set()
            await asyncio.sleep(TICK_SECONDS)

    async def _listen(self) -> None:
        while True:
            with contextlib.suppress(psycopg.Error):
                async with await connect_async() as connection:
                    await connection.execute(f"listen {RUNS_CHANNEL}")
                    await connection.execute(f"listen {PLACES_CHANNEL}")
                    await connection.execute(f"listen {LIMITS_CHANNEL}")
                    await connection.execute(f"listen {HOSTS_CHANNEL}")
                    # Whatever was said while nobody listened.
                    self.cancel_asked = self.places.changed = self.hosts.changed = True
                    self.news.set()
                    async for notice in connection.notifies():
                        self._hear(notice)
            await asyncio.sleep(RECONNECT_SECONDS)

    def _hear(self, notice: psycopg.Notify) -> None:
        if notice.channel == PLACES_CHANNEL:
            self.places.tell()
            return
        self.places.changed |= notice.channel == LIMITS_CHANNEL
        self.hosts.changed |= notice.channel == HOSTS_CHANNEL
        self.cancel_asked |= notice.payload == "cancel"
        self.news.set()

    def _journal_waits(self) -> float:
        """Seconds that the oldest entry has waited to become durable."""
        oldest = self.journal.oldest
        return time.monotonic() - oldest if oldest is not None else 0


def _end_with_writer(writer: asyncio.Task[None]) -> None:
    """A dead writer under a healthy lease would hang every run for ever."""
    if not writer.cancelled() and writer.exception() is not None:
        log.error("the journal's writer died", exc_info=writer.exception())
        end_process(Exit.WRITER_DIED)
