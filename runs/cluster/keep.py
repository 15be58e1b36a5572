"""Keeping: schedules, runs of dead players, waits that are over, players that are missing.

No leader: every step is a conditional statement, so each cluster takes it.
"""

import time

from django.conf import settings
from django.db import connection

from runs import claims
from runs.connections import RUNS_CHANNEL
from runs.queue import ring

from .tick import tick

GAP_SECONDS = 5
GRACE_SECONDS = claims.LEASE_SECONDS


class Keep:
    """One cluster's share. `step` raises django.db errors while the database is away."""

    def __init__(self, cluster: str | None) -> None:
        """`cluster` None: under a plain `qcluster`, which has no list of its own."""
        self._cluster = cluster
        self._stepped: float | None = None
        self._judges_from = 0.0

    def step(self) -> None:
        """A second's work."""
        self._notice_gap()
        tick()
        with connection.cursor() as cursor:
            if time.monotonic() >= self._judges_from:
                cursor.execute(claims.SWEEP)
            cursor.execute(claims.WAKE)
            cursor.execute(claims.NEXT_IN_LINE)
            cursor.execute(claims.BURY)
            cursor.execute(claims.NEWS, {"cluster": self._cluster or "plain"})
            players, waiting, suspects = cursor.fetchone()
            if waiting or suspects:
                cursor.execute("select pg_notify(%s, '')", [RUNS_CHANNEL])
        if suspects or (waiting and players < settings.MAESTRO_WORKERS):
            ring("play", self._cluster)

    def _notice_gap(self) -> None:
        """After an outage or a sleep everyone looks dead: judge nobody for one lease."""
        now = time.monotonic()
        if self._stepped is not None and now - self._stepped > GAP_SECONDS:
            self._judges_from = now + GRACE_SECONDS
        self._stepped = now
