"""`manage.py cluster`: the parent that starts django-q2's cluster, keeps time and judges it.

Without it some deaths of a worker wedge the queue for good, and others leave orphans that play on.
"""

import contextlib
import logging
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from types import FrameType

import psycopg
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, connections

from maestro.ids import new_id
from runs.connections import connect, harden_connections
from runs.machine import machine
from runs.player.handover import release
from runs.player.slots import runtime_folder
from runs.queue import forget_own_list, ring_beat, ring_softly

from .judge import Judge
from .keep import Keep

KEEP_SECONDS = 1
BEAT_SECONDS = 5
LOOK_SECONDS = 0.25
STUCK_KEEP_SECONDS = 60
DRAIN_SECONDS = 17  # two more than a player takes at most, and less than `up` waits
QUICK_DEATH_SECONDS = 10
FIRST_PAUSE = 0.25
LONGEST_PAUSE = 10.0

ENTER = """
insert into clusters (id, host, pid, started) values (%s, %s, %s, clock_timestamp())
on conflict (id) do update set started = excluded.started, last_beat = null"""
LEAVE = "delete from clusters where id = %s"

log = logging.getLogger(__name__)


class Watchdog:
    """One cluster's parent. `run` returns after SIGTERM or SIGINT, with no process left behind."""

    def __init__(self) -> None:
        self.cluster = new_id("cl")
        self.judge = Judge(self.cluster)
        self.keep = Keep(self.cluster)
        self.stopping = threading.Event()
        self.kept = time.monotonic()
        self.started = 0.0
        self.pause = FIRST_PAUSE
        self.member: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        harden_connections()
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        self._enter()
        keeper = threading.Thread(target=self._keep, name="keep")
        self._start_member()
        keeper.start()
        try:
            self._watch()
        finally:
            self.stopping.set()
            self._end_member()
            keeper.join(KEEP_SECONDS + 5)
            self._leave()

    def _watch(self) -> None:
        rung = looked = 0.0
        while not self.stopping.wait(LOOK_SECONDS):
            now = time.monotonic()
            if self.member is not None and self.member.poll() is not None:
                self._restart("its main process ended")
            if now - looked >= KEEP_SECONDS:
                looked = now
                if self.judge.finds_it_stuck():
                    self._restart("no beat came through")
            if now - rung >= BEAT_SECONDS:
                rung = now
                ring_beat(self.cluster)
            if now - self.kept > STUCK_KEEP_SECONDS:
                log.error("the keeping thread is stuck; the watchdog ends itself")
                self._kill_group()
                os._exit(1)

    def _keep(self) -> None:
        """Steps are wrapped: a fault in one costs that step, not the watchdog."""
        while not self.stopping.wait(KEEP_SECONDS):
            try:
                self.keep.step()
            except (OperationalError, InterfaceError):
                connection.close()
            except Exception:
                log.exception("a step of keeping broke")
                connection.close()
            self.kept = time.monotonic()
        connections.close_all()

    def _enter(self) -> None:
        """The cluster's row: there before its players and its folder are."""
        with connect() as database:
            database.execute(ENTER, [self.cluster, machine(), os.getpid()])

    def _start_member(self) -> None:
        self.member = subprocess.Popen(
            [sys.executable, "-m", "runs.cluster.member", self.cluster],
            stdin=subprocess.PIPE,
            cwd=settings.BASE_DIR,
            start_new_session=True,
        )
        self.started = time.monotonic()
        self.judge.be_patient()
        with contextlib.suppress(OperationalError, InterfaceError):
            forget_own_list(self.cluster)
        for _ in range(settings.MAESTRO_WORKERS):
            ring_softly("play", self.cluster)

    def _restart(self, reason: str) -> None:
        log.warning("cluster %s is started again: %s", self.cluster, reason)
        self._kill_group()
        with contextlib.suppress(psycopg.Error):
            release(self.judge.players())
        self._pause_after_quick_death()
        with contextlib.suppress(psycopg.Error):
            self._enter()
        self._start_member()

    def _pause_after_quick_death(self) -> None:
        """What cannot start, as without a database, is not started again at once for ever."""
        quick = time.monotonic() - self.started < QUICK_DEATH_SECONDS
        self.pause = min(2 * self.pause, LONGEST_PAUSE) if quick else FIRST_PAUSE
        if quick:
            self.stopping.wait(self.pause)

    def _kill_group(self) -> None:
        if self.member is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.member.pid, signal.SIGKILL)
        self.member.wait()

    def _end_member(self) -> None:
        """SIGTERM to the main process alone: the group's other members would die of it at once."""
        if self.member is None:
            return
        self.member.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.member.wait(DRAIN_SECONDS)
        self._kill_group()

    def _leave(self) -> None:
        with contextlib.suppress(psycopg.Error):
            release(self.judge.players())
            with connect() as database:
                database.execute(LEAVE, [self.cluster])
        with contextlib.suppress(OperationalError, InterfaceError):
            forget_own_list(self.cluster)
        shutil.rmtree(runtime_folder(self.cluster), ignore_errors=True)

    def _stop(self, signum: int, frame: FrameType | None) -> None:
        self.stopping.set()
