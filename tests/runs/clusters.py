"""Starting, watching and killing a real `manage.py cluster`."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil
from django.db.models import QuerySet

from runs.connections import EVENTS_CHANNEL, connect
from runs.models import Cluster, Player, Run, RunStatus

ROOT = Path(__file__).resolve().parents[2]
COMMAND = ("manage.py", "cluster")
HASTY = ("-m", "tests.runs.hasty")  # it loses patience after seconds
PATIENCE_SECONDS = 120  # a loaded machine may need most of it


def wait_until(question: Callable[[], bool], patience: float = PATIENCE_SECONDS) -> None:
    """Ask again at each event of a run, at least every 50 ms; fails loudly after `patience`."""
    deadline = time.monotonic() + patience
    with connect() as connection:
        connection.execute(f"listen {EVENTS_CHANNEL}")
        while not question():
            if time.monotonic() > deadline:
                raise AssertionError("it did not happen in time")
            for _ in connection.notifies(timeout=0.05, stop_after=1):
                pass


def ended(run: Run) -> Run:
    """The run once it will not go on by itself."""

    def over() -> bool:
        run.refresh_from_db()
        return run.is_finished or run.status == RunStatus.NEEDS_ATTENTION

    wait_until(over)
    return run


class RunningCluster:
    """A watchdog and all below it; `kill_*` are SIGKILLs at its parts."""

    def __init__(self, environment: dict[str, str], command: Sequence[str] = COMMAND) -> None:
        self._environment = environment
        self._command = [sys.executable, *command]

    def __enter__(self) -> Self:
        self.watchdog = subprocess.Popen(self._command, cwd=ROOT, env=self._environment)
        expected = int(self._environment.get("MAESTRO_WORKERS", 2))
        wait_until(lambda: self.players().count() >= expected)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        member = self.member()
        try:
            self.drain()
        finally:
            self.watchdog.kill()
            if member:
                _kill(session(member))

    def member(self) -> int | None:
        """The pid of the q2 cluster's main process, which leads its group."""
        for child in self.children():
            with contextlib.suppress(ProcessLookupError):
                if os.getsid(child.pid) == child.pid:
                    return int(child.pid)
        return None

    def children(self) -> list[psutil.Process]:
        """The queue's main process, and what an earlier one has left behind."""
        with contextlib.suppress(psutil.NoSuchProcess):
            return [*psutil.Process(self.watchdog.pid).children()]
        return []

    def players(self) -> QuerySet[Player]:
        mine = Cluster.objects.filter(pid=self.watchdog.pid).values("id")
        return Player.objects.filter(cluster__in=mine)

    def plays(self, run: Run) -> bool:
        run.refresh_from_db()
        return self.players().filter(id=run.player).exists()

    def begin_drain(self) -> None:
        """SIGTERM."""
        self.watchdog.send_signal(signal.SIGTERM)

    def drain(self) -> None:
        """The same; returns when all has ended."""
        self.begin_drain()
        self.watchdog.wait(PATIENCE_SECONDS)

    def kill_players(self) -> None:
        """Those that were killed before may still have a row."""
        for pid in self.players().values_list("pid", flat=True):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def kill_heads(self) -> None:
        """The watchdog and the q2 cluster's main process; their children must end by themselves."""
        member = self.member()
        self.watchdog.kill()
        if member:
            os.kill(member, signal.SIGKILL)
            wait_until(lambda: not session(member))

    def kill_all(self) -> None:
        """The queue and its players at once; the watchdog is left."""
        if member := self.member():
            _kill(session(member))


def session(leader: int) -> list[int]:
    """The processes of a queue and the players it rang for."""
    found = []
    for pid in psutil.pids():
        with contextlib.suppress(ProcessLookupError, psutil.NoSuchProcess):
            if os.getsid(pid) == leader and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
                found.append(pid)
    return found


def _kill(pids: list[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
