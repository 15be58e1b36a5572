"""Threads for what blocks: so many at work, whoever hangs.

A thread cannot be ended. One whose caller was cancelled, or ran out of patience, is given up: it goes
on unheard, and another takes its place.
"""

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any, ParamSpec, TypeVar

from django.db import connections

SIZE = 8
GIVEN_UP_MOST = 32  # a player with so many of them leaves, and they end with its process

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


class Threads(Executor):
    """`given_up`: how many threads go on that nobody waits for."""

    def __init__(self, size: int = SIZE) -> None:
        self.given_up = 0
        self._size = size
        self._lock = threading.Condition()
        self._jobs: deque[_Job] = deque()
        self._alive = self._idle = 0
        self._closed = False

    @property
    def is_spent(self) -> bool:
        return self.given_up >= GIVEN_UP_MOST

    def submit(
        self, act: Callable[Given, Answer], /, *args: Given.args, **kwargs: Given.kwargs
    ) -> "Future[Answer]":
        job = _Job(self, lambda: act(*args, **kwargs))
        with self._lock:
            if self._closed:
                raise RuntimeError("these threads take nothing more")
            self._jobs.append(job)
            self._man()
        return job

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take nothing more. Nobody is waited for: a thread may never end."""
        with self._lock:
            self._closed = True
            left = list(self._jobs) if cancel_futures else []
            self._lock.notify_all()
        for job in left:
            job.cancel()

    def give_up(self, job: "_Job") -> None:
        """Nobody waits for this running job any more."""
        with self._lock:
            if not job.is_given_up and job.running():
                job.is_given_up = True
                self.given_up += 1
                self._man()

    def _man(self) -> None:
        """See to it that somebody takes the next job."""
        if self._idle:
            self._lock.notify()
        if self._idle < len(self._jobs) and self._alive - self.given_up < self._size:
            self._alive += 1
            threading.Thread(target=self._work, name="operation", daemon=True).start()

    def _work(self) -> None:
        while (job := self._next()) is not None:
            job.run()
            goes = self._ended(job)
            del job  # its answer may be large, and the next one long in coming
            if goes:
                break
        connections.close_all()

    def _next(self) -> "_Job | None":
        with self._lock:
            self._idle += 1
            while not self._jobs and not self._closed:
                self._lock.wait()
            self._idle -= 1
            if self._jobs:
                return self._jobs.popleft()
            self._alive -= 1
            return None

    def _ended(self, job: "_Job") -> bool:
        """Whether the thread has to go, because another has taken its place."""
        with self._lock:
            if not job.is_given_up:
                return False
            self.given_up -= 1
            self._alive -= 1
            return True


class _Job(Future[Any]):
    """A call; cancelled while it runs, its thread is given up."""

    def __init__(self, threads: Threads, act: Callable[[], Any]) -> None:
        super().__init__()
        self.is_given_up = False
        self._threads = threads
        self._act = act

    def cancel(self) -> bool:
        if super().cancel():
            return True
        self._threads.give_up(self)
        return False

    def run(self) -> None:
        if not self.set_running_or_notify_cancel():
            return
        try:
            answer = self._act()
        except BaseException as error:
            self.set_exception(error)
        else:
            self.set_result(answer)
