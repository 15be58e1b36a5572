"""The player's lease: renewed by a plain thread, by the database's clock, while there is progress.

A player whose lease is gone must end its process: its runs are already played elsewhere.
"""

import contextlib
import logging
import os
import threading
import time
from collections.abc import Callable
from enum import IntEnum
from typing import NoReturn

import psycopg

from runs import claims
from runs.connections import connect
from runs.machine import now

from .slots import own_cluster

RENEW_SECONDS = 3
RETRY_SECONDS = 0.3
STUCK_LOOP_SECONDS = 60
STUCK_JOURNAL_SECONDS = 10
DATABASE_PATIENCE_SECONDS = claims.LEASE_SECONDS + 30

log = logging.getLogger(__name__)


class Exit(IntEnum):
    """Why a player ended its own process; seen in the cluster's log."""

    LEASE_LOST = 70
    ORPHANED = 71
    LOOP_STUCK = 72
    NO_DATABASE = 73
    WRITER_DIED = 74
    JOURNAL_STUCK = 75
    NODE_STUCK = 76
    BROKE = 77
    QUEUE_GONE = 78


class Lease(threading.Thread):
    """Renews until stopped. `deadline` (`machine.now`): past it no node may start."""

    def __init__(
        self, player: str, loop_moved: Callable[[], float], journal_waits: Callable[[], float]
    ) -> None:
        super().__init__(name="lease", daemon=True)
        self.deadline = 0.0
        self._player = player
        self._loop_moved = loop_moved
        self._journal_waits = journal_waits
        self._stopped = threading.Event()
        self._connection: psycopg.Connection | None = None
        self._renewed = 0.0
        self._parent = os.getppid()

    @property
    def holds(self) -> bool:
        return now() < self.deadline

    def enter(self, cluster: str, host: str) -> None:
        """Announce the player; its lease begins."""
        self._connection = connect()
        self._mark(time.monotonic(), now())
        row = {"me": self._player, "cluster": cluster, "host": host, "pid": os.getpid()}
        self._connection.execute(claims.ENTER, row)

    def stop(self) -> None:
        self._stopped.set()

    def run(self) -> None:
        pause: float = RENEW_SECONDS
        while not self._stopped.wait(pause):
            self._end_if_hopeless()
            pause = RENEW_SECONDS if self._renew() else RETRY_SECONDS
        self._disconnect()

    def _end_if_hopeless(self) -> None:
        moment = time.monotonic()
        if own_cluster() is None and os.getppid() != self._parent:
            end_process(Exit.ORPHANED)
        if moment - self._loop_moved() > STUCK_LOOP_SECONDS:
            end_process(Exit.LOOP_STUCK)
        if moment - self._renewed > DATABASE_PATIENCE_SECONDS:
            end_process(Exit.NO_DATABASE)

    def _renew(self) -> bool:
        """False: the database did not answer. A player that was buried ends its process."""
        asked, asked_at = time.monotonic(), now()
        try:
            if self._connection is None:
                self._connection = connect()
            # A journal that lags while the database answers is a dead writer, not an outage.
            if self._renewed_lately(asked) and self._journal_waits() > STUCK_JOURNAL_SECONDS:
                end_process(Exit.JOURNAL_STUCK)
            if self._connection.execute(claims.RENEW, {"me": self._player}).rowcount == 0:
                end_process(Exit.LEASE_LOST)
        except psycopg.Error:
            self._disconnect()
            return False
        self._mark(asked, asked_at)
        return True

    def _renewed_lately(self, moment: float) -> bool:
        return moment - self._renewed < RENEW_SECONDS + 1

    def _mark(self, renewed: float, leased_from: float) -> None:
        self._renewed = renewed
        self.deadline = leased_from + claims.LEASE_SECONDS

    def _disconnect(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(psycopg.Error):
                self._connection.close()
        self._connection = None


def end_process(reason: Exit) -> NoReturn:
    """End at once, without cleaning up: whatever would be written now is no longer ours."""
    log.error("player ends its process: %s", reason.name)
    os._exit(reason)
