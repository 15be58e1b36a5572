"""Is the cluster well? Judged by what it does, not by which processes there are."""

import contextlib
import os
import signal
from dataclasses import dataclass

import psycopg

from runs import claims
from runs.connections import connect
from runs.machine import is_alive, machine, now
from runs.player.slots import all_taken

LATE_BEAT_SECONDS = 10
# Also for the first beat: a busy machine may take long to start a cluster.
LATE_BEAT_BUSY_SECONDS = 60
GAP_SECONDS = 5

BEAT_AGE = """
select extract(epoch from clock_timestamp() - greatest(last_beat, started)), last_beat is null
  from clusters where id = %(cluster)s"""

PLAYERS = """
select id, pid, cluster = %(cluster)s, lease_until > clock_timestamp()
  from players where host = %(host)s"""

# A dead process cannot be playing: its lease need not run out by itself.
END_LEASES = "update players set lease_until = clock_timestamp() where id = any(%(players)s)"


@dataclass(frozen=True, slots=True)
class Seen:
    """A player on this machine, as the database sees it."""

    id: str
    pid: int
    mine: bool
    leased: bool


class Judge:
    """Looks at one cluster with a connection of its own; no database, no judgement."""

    def __init__(self, cluster: str) -> None:
        self._cluster = cluster
        self._connection: psycopg.Connection | None = None
        self._looked = self._patient_from = now()

    def be_patient(self) -> None:
        """The cluster was just started, or nobody could have heard of it."""
        self._patient_from = now()

    def finds_it_stuck(self) -> bool:
        """Settle what became of its players; True: no message gets through, restart it."""
        if now() - self._looked > GAP_SECONDS:
            self.be_patient()
        self._looked = now()
        try:
            age, is_first, players = self._look()
            self._end_players(players)
        except psycopg.Error:
            self._disconnect()
            self.be_patient()
            return False
        mine = [player for player in players if player.mine]
        busy = all_taken(self._cluster) and any(player.leased for player in mine)
        limit = LATE_BEAT_BUSY_SECONDS if busy or is_first else LATE_BEAT_SECONDS
        return min(age, self._patience) > limit

    def players(self) -> list[str]:
        """All players of this cluster that have a row."""
        with contextlib.suppress(psycopg.Error):
            return [player.id for player in self._look()[2] if player.mine]
        return []

    @property
    def _patience(self) -> float:
        """Seconds for which all that was missed is nobody's fault but the cluster's."""
        return now() - self._patient_from

    def _look(self) -> tuple[float, bool, list[Seen]]:
        """Seconds since the last beat, whether that is still the first to come, and the players."""
        if self._connection is None:
            self._connection = connect()
        here = {"cluster": self._cluster, "host": machine()}
        row = self._connection.execute(BEAT_AGE, here).fetchone()
        age, is_first = row or (LATE_BEAT_BUSY_SECONDS, False)
        seen = [Seen(*columns) for columns in self._connection.execute(PLAYERS, here)]
        return float(age), is_first, seen

    def _end_players(self, players: list[Seen]) -> None:
        """End the lease of the dead, and the process of its own that lost its lease for certain.

        After an outage all leases are over until they are renewed: that is waited for.
        """
        dead = [player.id for player in players if player.leased and not is_alive(player.pid)]
        if dead and self._connection is not None:
            self._connection.execute(END_LEASES, {"players": dead})
        if self._patience < claims.LEASE_SECONDS:
            return
        for player in players:
            if player.mine and not player.leased:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(player.pid, signal.SIGKILL)

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None
