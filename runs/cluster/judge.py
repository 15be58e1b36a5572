"""Is the cluster well? Judged by what it does, not by which processes there are."""

import contextlib
import os
import signal
import socket
import time
from dataclasses import dataclass

import psycopg
from django.conf import settings

from runs.connections import connect
from runs.player.slots import taken

LATE_BEAT_SECONDS = 10
LATE_BEAT_BUSY_SECONDS = 60

BEAT_AGE = """
select extract(epoch from clock_timestamp() - greatest(last_beat, started))
  from clusters where id = %(cluster)s"""

PLAYERS = """
select id, pid, lease_until > clock_timestamp() from players
 where cluster = %(cluster)s and host = %(host)s"""

# A dead process cannot be playing: its lease need not run out by itself.
END_LEASES = "update players set lease_until = clock_timestamp() where id = any(%(players)s)"


@dataclass(frozen=True, slots=True)
class Seen:
    """A player of this cluster as the database and the kernel see it."""

    id: str
    pid: int
    leased: bool

    @property
    def alive(self) -> bool:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return not _is_zombie(self.pid)


class Judge:
    """Looks at one cluster with a connection of its own; no database, no judgement."""

    def __init__(self, cluster: str) -> None:
        self._cluster = cluster
        self._connection: psycopg.Connection | None = None
        self._born = time.monotonic()

    def newborn(self) -> None:
        """The cluster was just started: give it time for its first beat."""
        self._born = time.monotonic()

    def finds_it_stuck(self) -> bool:
        """Settle what became of its players; True: no message gets through, restart it."""
        try:
            age, players = self._look()
        except psycopg.Error:
            self._disconnect()
            self._born = time.monotonic()
            return False
        self._end_players(players)
        busy = taken(self._cluster, settings.MAESTRO_WORKERS) == settings.MAESTRO_WORKERS
        patience = (
            LATE_BEAT_BUSY_SECONDS
            if busy and any(player.leased for player in players)
            else LATE_BEAT_SECONDS
        )
        return min(age, time.monotonic() - self._born) > patience

    def players(self) -> list[str]:
        """All players of this cluster that have a row."""
        with contextlib.suppress(psycopg.Error):
            return [player.id for player in self._look()[1]]
        return []

    def _look(self) -> tuple[float, list[Seen]]:
        if self._connection is None:
            self._connection = connect()
        here = {"cluster": self._cluster, "host": socket.gethostname()}
        row = self._connection.execute(BEAT_AGE, here).fetchone()
        seen = [Seen(*columns) for columns in self._connection.execute(PLAYERS, here)]
        return float(row[0]) if row else 0.0, seen

    def _end_players(self, players: list[Seen]) -> None:
        """End the lease of the dead at once, and the process of whose lease is over for certain."""
        dead = [player.id for player in players if player.leased and not player.alive]
        if dead and self._connection is not None:
            with contextlib.suppress(psycopg.Error):
                self._connection.execute(END_LEASES, {"players": dead})
        for player in players:
            if not player.leased:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(player.pid, signal.SIGKILL)

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None


def _is_zombie(pid: int) -> bool:
    """Killed, but not yet waited for by its parent (Linux; elsewhere the lease decides)."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return False
