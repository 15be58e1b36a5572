"""Cutting off what was cancelled, or went to another player; and giving up what swallows it."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping

import psycopg

from agents.skills.stepping import strays
from runs.journal import Claim, Journal

from .claiming import Claims

LOOK_SECONDS = 5  # the net under LISTEN
CUT_OFF_SECONDS = 5  # then a run that was cut off ends without the node that swallows it
STUCK_MOST = 32  # a player with so many of them leaves, and they end with its process

log = logging.getLogger(__name__)


class Cutting:
    """Over a player's `runs`, the walks it plays. `end_without(claim)`: its walk swallowed the cut.

    `asked`: somebody said that a run was cancelled. `stuck`: walks that go on though their run is
    over.
    """

    def __init__(
        self,
        claims: Claims,
        journal: Journal,
        runs: Mapping[Claim, asyncio.Task[None]],
        end_without: Callable[[Claim], None],
    ) -> None:
        self.asked = False
        self.stuck: dict[Claim, asyncio.Task[None]] = {}
        self._claims = claims
        self._journal = journal
        self._runs = runs
        self._end_without = end_without
        self._cancelled: set[str] = set()  # ids of runs
        self._looks_again = 0.0

    @property
    def left_behind(self) -> int:
        """How many walks and calls go on that nobody listens to."""
        return len(self.stuck) + len(strays)

    @property
    def is_spent(self) -> bool:
        return self.left_behind >= STUCK_MOST

    def is_cancelled(self, run: str) -> bool:
        """Whether this run was cut off because somebody asked for it."""
        return run in self._cancelled

    async def look(self, connection: psycopg.AsyncConnection) -> None:
        """Cut what was cancelled, when somebody says so; now and then also unasked."""
        if not (self.asked or (self._runs and time.monotonic() >= self._looks_again)):
            return
        self.asked = False  # now: what is said meanwhile is asked for again
        self._looks_again = time.monotonic() + LOOK_SECONDS
        asked = await self._claims.cancelled(connection, [run for run, _ in self._runs])
        fresh = set(asked) - self._cancelled  # one that is just ending must not be cut again
        self._cancelled |= fresh
        for claim in self._runs:
            if claim[0] in fresh:
                self._journal.cancel(claim)
                self.cut(claim)

    def cut(self, claim: Claim) -> None:
        """Its walk ends now; if it does not, the run ends without it a little later."""
        walk = self._runs[claim]
        walk.cancel()
        asyncio.get_running_loop().call_later(CUT_OFF_SECONDS, self._give_up, claim, walk)

    def ended(self, claim: Claim, walk: asyncio.Task[None]) -> bool:
        """Whether it was one of those that were given up."""
        if self.stuck.get(claim) is not walk:
            return False
        del self.stuck[claim]
        return True

    def forget(self, run: str) -> None:
        """It is over."""
        self._cancelled.discard(run)

    def _give_up(self, claim: Claim, walk: asyncio.Task[None]) -> None:
        """A node swallowed that it was cut off: its run is over here, whatever it does later."""
        if self._runs.get(claim) is not walk:
            return
        log.warning("run %s was cut off, but a node of it goes on unheard", claim[0])
        self.stuck[claim] = walk
        self._end_without(claim)
