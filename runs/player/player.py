"""The life of a player: take a slot, play many runs in one loop, hand over, leave."""

import asyncio
import contextlib
import logging
import time
from collections import Counter
from contextlib import aclosing

import psycopg

from agents.egress import Egress
from agents.llm import Models
from maestro.ids import new_id
from runs.journal import Claim, Journal
from runs.limits import Places
from runs.machine import machine
from runs.nodes.performance import ClaimedRun
from runs.queue import ring_softly

from .apart import apart
from .claiming import MAX_RUNS, RESERVE, SUSPECTS_TOGETHER, Claims, Taken
from .cutting import Cutting
from .drain import is_draining
from .handover import hand_over
from .hearing import Hearing
from .hosts import HostsOfWorkspaces
from .lease import Exit, Lease, end_process
from .memory import settle_memory
from .performing import Stage, broken, cancelled, perform, write_last
from .slots import Slot, cluster_id, own_cluster
from .threads import Threads
from .window import Window

POLL_SECONDS = 5  # the net under LISTEN; while runs wait, each cluster rings once a second, too
IDLE_POLL_SECONDS = 15  # with no run that somebody may have cancelled unheard
UNSURE_SECONDS = 15  # a session that was lost may go on so long with what it was asked
CLAIM_PAUSE_SECONDS = 0.02  # of a player that has runs: many starts at once become one claim
TICK_SECONDS = 0.1
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
    with apart(), contextlib.closing(slot), contextlib.closing(Window()) as window:
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
        self.unsure_since: float | None = None  # the answer to a claim was lost
        self.taken: dict[Claim, Taken] = {}
        self.runs: dict[Claim, asyncio.Task[None]] = {}
        self.playing: Counter[str] = Counter()  # runs by workspace
        self.news = asyncio.Event()
        self.journal = Journal(on_fenced=self._drop)
        self.places = Places(self.stopping)
        self.hosts = HostsOfWorkspaces()
        self.claims = Claims(self.id)
        self.cutting = Cutting(self.claims, self.journal, self.runs, self._end_without)
        self.hearing = Hearing(self.news, self.cutting, self.places, self.hosts)
        self.lease = Lease(self.id, lambda: self.moved, self._journal_waits)
        self.pool = Threads()

    def stopping(self) -> bool:
        """Whether no node may start any more: a drain, a hand-over, or a lease that ran out."""
        return self.ending or not self.lease.holds

    async def main(self) -> str:
        self.lease.start()
        writer = asyncio.create_task(self.journal.write())
        writer.add_done_callback(_end_with_writer)
        helpers = [asyncio.create_task(self._tick()), asyncio.create_task(self.hearing.listen())]
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
        if self.runs or self.cutting.left_behind or self.pool.given_up:
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
            spent = self.pool.is_spent or self.cutting.is_spent
            if reason := self.window.why_leave(hung=spent):
                return reason
            if not await self._take_runs(stage) and self.slot.for_suspects and not self.runs:
                return "no suspects"
            if self.runs:
                await asyncio.sleep(CLAIM_PAUSE_SECONDS)
            with contextlib.suppress(TimeoutError):
                is_busy = self.runs or self.unsure_since is not None
                pause = POLL_SECONDS if is_busy else IDLE_POLL_SECONDS
                await asyncio.wait_for(self.news.wait(), pause)

    async def _take_runs(self, stage: Stage) -> int:
        """Claim what there is room for and begin to play it; 0 also while the database is away."""
        try:
            connection = await self.journal.connected()
            if self.unsure_since is not None:
                await self._give_back(connection, self.unsure_since)
            if self.places.changed:
                await self.places.read(connection)
            if self.hosts.changed:
                await self.hosts.read(connection)
            await self.cutting.look(connection)
            taken = await self._claim(connection)
            self.journal.telling.of(one.run.id for one in taken)
        except (psycopg.OperationalError, psycopg.InterfaceError):
            self.unsure_since = time.monotonic()
            self.cutting.asked = True
            return 0
        for one in taken:
            self._begin(one, stage)
        if len({one.run.workspace_id for one in taken}) > 1:
            self.news.set()  # one that had more than its share may have the rest of the room
        return len(taken)

    async def _give_back(self, connection: psycopg.AsyncConnection, since: float) -> None:
        """What was claimed and is not played; the lost session may claim it only now."""
        was_long_ago = time.monotonic() - since > UNSURE_SECONDS
        await self.claims.give_back(connection, self.runs)
        if was_long_ago:
            self.unsure_since = None

    def _begin(self, taken: Taken, stage: Stage) -> None:
        run = taken.run
        self.taken[run.claim] = taken
        self.playing[run.workspace_id] += 1
        self.runs[run.claim] = asyncio.create_task(self._perform(taken, stage))
        self.runs[run.claim].add_done_callback(lambda task: self._ended(run, task))

    async def _claim(self, connection: psycopg.AsyncConnection) -> list[Taken]:
        if not self.slot.for_suspects:
            return await self._claim_fairly()
        if await self.claims.suspects_left(connection, [run for run, _ in self.runs]):
            return []
        for deaths, together in SUSPECTS_TOGETHER.items():
            taken = await self.claims.take(self.journal.line, together, deaths)
            if taken:
                return taken
        return []

    async def _claim_fairly(self) -> list[Taken]:
        """Healthy runs; the last of the room is for workspaces that have little of it."""
        if room := max(0, MAX_RUNS - len(self.runs)):
            return await self.claims.take(self.journal.line, room, playing=self.playing)
        if room := max(0, MAX_RUNS + RESERVE - len(self.runs)):
            return await self.claims.take(
                self.journal.line, room, playing=self.playing, most=RESERVE
            )
        return []

    async def _perform(self, taken: Taken, stage: Stage) -> None:
        try:
            if taken.cancelled:
                await write_last(taken, self.journal, cancelled(taken))
            else:
                await perform(taken, stage)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as cut:
            if self.cutting.is_cancelled(taken.run.id):
                await write_last(taken, self.journal, cancelled(taken))
            elif self.ending or self.journal.is_fenced(taken.run.claim):
                raise
            else:  # a node cut off the walk it plays in: nobody else would end the run
                log.exception("run %s was cut off by a node of its own", taken.run.id)
                await write_last(taken, self.journal, broken(taken, cut))

    def _end_without(self, claim: Claim) -> None:
        """Its walk was given up."""
        taken = self.taken[claim]
        self.runs[claim] = asyncio.create_task(write_last(taken, self.journal, cancelled(taken)))
        self.runs[claim].add_done_callback(lambda last: self._ended(taken.run, last))

    def _ended(self, run: ClaimedRun, task: asyncio.Task[None]) -> None:
        if not self.cutting.ended(run.claim, task):
            self._leave_room(run)
        if run.claim in self.cutting.stuck:
            self.journal.give_up(run.claim)
        elif run.claim not in self.runs:
            self.journal.forget(run.claim)

    def _leave_room(self, run: ClaimedRun) -> None:
        full = len(self.runs) >= MAX_RUNS
        del self.runs[run.claim], self.taken[run.claim]
        self.playing -= Counter([run.workspace_id])
        self.cutting.forget(run.id)
        if full or self.slot.for_suspects or self.ending:
            self.news.set()

    def _drop(self, claim: Claim) -> None:
        """Another player has it: nothing of this walk counts any more."""
        if claim in self.runs:
            self.cutting.cut(claim)

    async def _end(self, reason: str) -> None:
        """No node starts any more: each run goes back to the queue when its nodes in flight have ended.

        What has not ended by the deadline is cut off.
        """
        self.ending = True
        self.places.tell()
        if reason in ("hung", "window", "memory"):
            self.slot.close()
            await asyncio.to_thread(ring_softly, "play", own_cluster())
        await self._let_end(DRAIN_SECONDS if reason == "drain" else HANDOVER_SECONDS)
        if tasks := list(self.runs.values()):
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks, timeout=CANCEL_SECONDS)

    async def _let_end(self, patience: float) -> None:
        """Until no run is left; one that is cancelled meanwhile is cut off."""
        deadline = time.monotonic() + patience
        while self.runs and (left := deadline - time.monotonic()) > 0:
            self.news.clear()
            with contextlib.suppress(psycopg.Error):
                await self.cutting.look(await self.journal.connected())
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.news.wait(), min(left, POLL_SECONDS))

    async def _tick(self) -> None:
        """The loop's pulse, which the lease thread watches; also where a drain is noticed."""
        while True:
            self.moved = time.monotonic()
            if is_draining():
                self.news.set()
            await asyncio.sleep(TICK_SECONDS)

    def _journal_waits(self) -> float:
        """Seconds that the oldest entry has waited to become durable."""
        oldest = self.journal.oldest
        return time.monotonic() - oldest if oldest is not None else 0


def _end_with_writer(writer: asyncio.Task[None]) -> None:
    """A dead writer under a healthy lease would hang every run for ever."""
    if not writer.cancelled() and writer.exception() is not None:
        log.error("the journal's writer died", exc_info=writer.exception())
        end_process(Exit.WRITER_DIED)
