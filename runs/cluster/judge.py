"""Is the cluster well? Judged by what it does, not by which processes there are."""

import contextlib
import os
import signal
from dataclasses import dataclass
from datetime import timedelta

import psycopg
from django.utils import timezone
from django_q.conf import Conf

from runs import claims
from runs.connections import connect
from runs.machine import is_alive, machine, now
from runs.player.slots import all_taken
from runs.queue import beat_list

LATE_BEAT_SECONDS = 10
# While players play, a late beat harms nobody, but a restart would cut their nodes. Also for the
# first beat: a busy machine may take long to start a cluster.
LATE_BEAT_BUSY_SECONDS = 60
# Beats that a worker carried out and nobody acknowledged: of this many two are lost by no chance.
UNANSWERED, UNANSWERED_BUSY = 2, 12
ANSWER_SECONDS = 2
FRESH_SECONDS = 6
GAP_SECONDS = 5

# One row for each player on this machine, at least one; each with the signs of the cluster. Beats
# count that were taken in the last minute, but not in the last moment: a lock is the time of taking
# plus `retry`.
LOOK = """
select extract(epoch from clock_timestamp() - greatest(last_beat, clusters.started)),
       last_beat is null,
       (select count(*) from django_q_ormq
         where key = %(beats)s and lock between %(taken_from)s and %(taken_until)s),
       player.id, player.pid, player.cluster = %(cluster)s, lease_until > clock_timestamp(),
       exists (select from score_runs where score_runs.player = player.id and status = 'running')
  from (values (1)) as one
       left join clusters on clusters.id = %(cluster)s
       left join players player on player.host = %(host)s"""


@dataclass(frozen=True, slots=True)
class Seen:
    """A player on this machine, as the database sees it."""

    id: str
    pid: int
    mine: bool
    leased: bool
    plays: bool


@dataclass(frozen=True, slots=True)
class Signs:
    """Seconds since the last beat, whether that is still the first to come, beats not answered."""

    age: float
    is_first: bool
    unanswered: int


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
            signs, players = self._look()
            self._end_players(players)
        except psycopg.Error:
            self._disconnect()
            self.be_patient()
            return False
        mine = [player for player in players if player.mine]
        busy = all_taken(self._cluster) and any(player.leased and player.plays for player in mine)
        limit = LATE_BEAT_BUSY_SECONDS if busy or signs.is_first else LATE_BEAT_SECONDS
        if min(signs.age, self._patience) > limit:
            return True
        lost = UNANSWERED_BUSY if busy else UNANSWERED
        return signs.age < FRESH_SECONDS and signs.unanswered >= lost

    def players(self) -> list[str]:
        """All players of this cluster that have a row."""
        with contextlib.suppress(psycopg.Error):
            return [player.id for player in self._look()[1] if player.mine]
        return []

    @property
    def _patience(self) -> float:
        """Seconds for which all that was missed is nobody's fault but the cluster's."""
        return now() - self._patient_from

    def _look(self) -> tuple[Signs, list[Seen]]:
        if self._connection is None:
            self._connection = connect()
        taken = timezone.now() + timedelta(seconds=Conf.RETRY)
        minute = min(LATE_BEAT_BUSY_SECONDS + GAP_SECONDS, self._patience)
        asked = {
            "cluster": self._cluster,
            "host": machine(),
            "beats": beat_list(self._cluster),
            "taken_from": taken - timedelta(seconds=minute),
            "taken_until": taken - timedelta(seconds=ANSWER_SECONDS),
        }
        rows = self._connection.execute(LOOK, asked).fetchall()
        age, is_first, unanswered, *_ = rows[0]
        players = [Seen(*columns) for _, _, _, *columns in rows if columns[0] is not None]
        if age is None:  # somebody took it for dead and cleared it away
            return Signs(LATE_BEAT_BUSY_SECONDS, False, unanswered), players
        return Signs(float(age), is_first, unanswered), players

    def _end_players(self, players: list[Seen]) -> None:
        """Say who is dead for certain, and end the process of its own that lost its lease.

        After an outage all leases are over until they are renewed: that is waited for.
        """
        dead = [player.id for player in players if not is_alive(player.pid)]
        if dead and self._connection is not None:
            self._connection.execute(claims.END_LEASES, {"players": dead})
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
