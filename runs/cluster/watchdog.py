"""`manage.py cluster`: the parent that starts django-q2's cluster, keeps time and judges it.

Without it some deaths of a worker wedge the queue for good, and others leave orphans that play on.
Its members are the processes of the queue; its players answer to the watchdog, not to them, and play
on when the queue is killed and started again.
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
from runs.player.apart import kill_player
from runs.player.drain import begin_drain, end_drain
from runs.player.handover import release
from runs.player.slots import holders, runtime_folder
from runs.queue import forget_own_list, ring_beat, ring_softly

from .judge import Judge
from .keep import Keep
from .orphans import adopt_orphans, bury_orphans

KEEP_SECONDS = 1
BEAT_SECONDS = 5
LOOK_SECONDS = 0.25
STUCK_KEEP_SECONDS = 60
DRAIN_SECONDS = 17  # two more than a player takes at most, and less than `up` waits
KILL_SECONDS = 2
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
        self.lifeline, self.kept_end = os.pipe()  # the kernel closes it when this process ends

    def run(self) -> None:
        harden_connections()
        adopt_orphans()
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
            self._end_all()
            keeper.join(KEEP_SECONDS + 5)
            self._leave()

    def _watch(self) -> None:
        rung = looked = 0.0
        while not self.stopping.wait(LOOK_SECONDS):
            now = time.monotonic()
            if self.member is not None and self.member.poll() is not None:
                self._restart("its main process ended")
            bury_orphans(self.member.pid if self.member else None)
            if now - looked >= KEEP_SECONDS:
                looked = now
                if self.judge.finds_it_stuck():
                    self._restart("no beat came through")
            if now - rung >= BEAT_SECONDS:
                rung = now
                ring_beat(self.cluster)
            if now - self.kept > STUCK_KEEP_SECONDS:
                log.error("the keeping thread is stuck; the watchdog ends itself")
                self._kill_queue()
                self._kill_players()
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
        end_drain(self.cluster)
        self.member = subprocess.Popen(
            [sys.executable, "-m", "runs.cluster.member", self.cluster],
            stdin=self.lifeline,
            cwd=settings.BASE_DIR,
            start_new_session=True,
        )
        self.started = time.monotonic()
        self.judge.expect_first_beat()
        with contextlib.suppress(OperationalError, InterfaceError):
            forget_own_list(self.cluster)
        for _ in range(settings.MAESTRO_WORKERS):
            ring_softly("play", self.cluster)

    def _restart(self, reason: str) -> None:
        """A new queue; players play on, and only what died with the old one is taken back."""
        log.warning("the queue of cluster %s is started again: %s", self.cluster, reason)
        self._kill_queue()
        with contextlib.suppress(psycopg.Error):
            release(self.judge.players(dead=True))
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

    def _kill_queue(self) -> None:
        """Its main process and all in that one's group, which players leave while they play."""
        if self.member is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.member.pid, signal.SIGKILL)
        self.member.wait()

    def _kill_players(self) -> None:
        """Until none is left; what is frozen in the kernel ends with the watchdog's pipe."""
        deadline = time.monotonic() + KILL_SECONDS
        while (pids := holders(self.cluster)) and time.monotonic() < deadline:
            for pid in pids:
                kill_player(pid)
            time.sleep(KILL_SECONDS / 100)

    def _end_all(self) -> None:
        """SIGTERM to the main process alone: the group's other members would die of it at once."""
        if self.member is None:
            return
        begin_drain(self.cluster)
        deadline = time.monotonic() + DRAIN_SECONDS
        self.member.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.member.wait(DRAIN_SECONDS)
        while holders(self.cluster) and time.monotonic() < deadline:  # those of an earlier queue
            time.sleep(LOOK_SECONDS)
        self._kill_queue()
        self._kill_players()

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
