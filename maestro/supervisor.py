"""Keeps the processes of one installation running: starts them, restarts what dies, ends them in order."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from types import FrameType

from django.conf import settings

from maestro import lifeline
from maestro.errors import MaestroError

LOOK_EVERY = 0.2
SETTLED_SECONDS = 60
LONGEST_PAUSE = 30
PAUSE_AFTER_TROUBLE = 10
SECONDS_TO_STOP = 22


class Child:
    """One `manage.py` command that is to run all the time."""

    def __init__(
        self, command: Sequence[str], *, inherited: Sequence[int], seconds_to_stop: float
    ) -> None:
        """`inherited` are descriptors the command gets besides its own lifeline."""
        self.name = command[0]
        self.seconds_to_stop = seconds_to_stop
        self._command = [sys.executable, str(settings.BASE_DIR / "manage.py"), *command]
        self._inherited = inherited
        self._process: subprocess.Popen[bytes] | None = None
        self._deaths = 0
        self._started = self._start_at = 0.0

    def start(self, lifeline_end: int) -> None:
        """In a session of its own, so that Ctrl-C reaches the supervisor only."""
        self._started = time.monotonic()
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.DEVNULL,
            env={**os.environ, lifeline.VARIABLE: str(lifeline_end)},
            pass_fds=[lifeline_end, *self._inherited],
            start_new_session=True,
        )

    def ended(self) -> int | None:
        """Its exit code, or None while it runs or waits for its next start."""
        return self._process.poll() if self._process else None

    def restart_when_due(self, lifeline_end: int, say: Callable[[str], None]) -> None:
        """Start it again after a pause that doubles with each quick death."""
        now = time.monotonic()
        code = self.ended()
        if code is not None:
            self._deaths = 0 if now - self._started > SETTLED_SECONDS else self._deaths + 1
            pause = min(2.0**self._deaths / 2, LONGEST_PAUSE)
            self._start_at, self._process = now + pause, None
            say(
                f"{self.name} ended by itself ({_words_for(code)}); starting it again in {pause:g} s."
            )
        if self._process is None and now >= self._start_at:
            self.start(lifeline_end)

    def stop(self, deadline: float) -> None:
        """Ask its main process to end; kill its whole session at the deadline. Returns when it has ended."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


class Supervisor:
    """Runs its children until SIGINT or SIGTERM."""

    def __init__(
        self,
        children: Sequence[Child],
        *,
        look_after: Callable[[], object],
        say: Callable[[str], None],
    ) -> None:
        """`look_after` is called again and again while all goes well; `say` gets a line for the person."""
        self._children = children
        self._look_after = look_after
        self._say = say
        self._asked_to_stop = False
        self._look_again = 0.0
        self._lifeline, self._kept_end = os.pipe()

    def run(self, is_up: Callable[[], bool], when_up: Callable[[], None]) -> int:
        """Start all, call `when_up` once `is_up` holds, and stay until asked to stop. Returns the exit code:
        1 when a child ended before everything was up."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask_to_stop)
        for child in self._children:
            child.start(self._lifeline)
        started = False
        while not self._asked_to_stop:
            if not started and (
                dead := next((c for c in self._children if c.ended() is not None), None)
            ):
                self._say(
                    f"{dead.name} ended before it was up ({_words_for(dead.ended() or 0)}); giving up."
                )
                self._stop()
                return 1
            if not started and is_up():
                started = True
                when_up()
            if started:
                self._keep_going()
            time.sleep(LOOK_EVERY)
        self._say("Stopping: no new work starts, what is in flight may end.")
        self._stop()
        return 0

    def _keep_going(self) -> None:
        for child in self._children:
            child.restart_when_due(self._lifeline, self._say)
        if time.monotonic() < self._look_again:
            return
        try:
            self._look_after()
        except MaestroError as error:
            self._look_again = time.monotonic() + PAUSE_AFTER_TROUBLE
            self._say(error.message)

    def _stop(self) -> None:
        deadline = time.monotonic() + SECONDS_TO_STOP
        for child in self._children:
            child.stop(min(deadline, time.monotonic() + child.seconds_to_stop))

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        self._asked_to_stop = True


def _words_for(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
