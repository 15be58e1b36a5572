"""Is the cluster well? Judged by what it does, not by which processes there are."""

import contextlib
import math
from dataclasses import dataclass
from datetime import timedelta

import psycopg
from django.utils import timezone
from django_q.conf import Conf

from runs import claims
from runs.connections import connect
from runs.machine import is_alive, machine, now
from runs.player.apart import kill_player
from runs.queue import beat_list

LATE_BEAT_SECONDS = 10
# The first beat of a queue: a busy machine may take long to start one, and longer each time.
LATE_FIRST_BEAT_SECONDS = (15, 30, 60)
# Beats that a worker carried out and nobody acknowledged: so many are lost by no chance.
UNANSWERED = 2
UNANSWERED_WITHIN_SECONDS = 65
ANSWER_SECONDS = 2
FRESH_SECONDS = 6
GAP_SECONDS = 5

# One row for each player on this machine, at least one; each with the signs of the queue. Beats
# count that were taken in the last minute, but not in the last moment: a lock is the time of taking
# plus `retry`.
LOOK = """
select extract(epoch from clock_timestamp() - greatest(last_beat, clusters.started)),
       last_beat is null,
       (select count(*) from django_q_ormq
         where key = %(beats)s and lock between %(taken_from)s and %(taken_until)s),
       player.id, player.pid, player.cluster = %(cluster)s, lease_until > clock_timestamp()
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
        self._starts = 0  # without a beat since

    def be_patient(self) -> None:
        """Nobody could have heard of the queue."""
        self._patient_from = now()

    def expect_first_beat(self) -> None:
        """The queue was just started."""
        self.be_patient()
        self._starts += 1

    def finds_it_stuck(self) -> bool:
        """Settle what became of its players; True: no message gets through, start its queue anew."""
        if now() - self._looked > GAP_SECONDS:
            self.be_patient()
        self._looked = now()
        try:
            signs, players = self._look()
            self._end_players(players)
        except psycopg.Error:
            self.disconnect()
            self.be_patient()
            return False
        if min(signs.age, self._patience) > self._limit(signs):
            return True
        return signs.age < FRESH_SECONDS and signs.unanswered >= UNANSWERED

    def players(self, *, dead: bool = False) -> list[str]:
        """Players of this cluster that have a row; `dead`: of these, who has no process."""
        with contextlib.suppress(psycopg.Error):
            mine = [player for player in self._look()[1] if player.mine]
            return [player.id for player in mine if not (dead and is_alive(player.pid))]
        return []

    def _limit(self, signs: Signs) -> float:
        if not signs.is_first:
            self._starts = 0
            return LATE_BEAT_SECONDS
        started = min(max(self._starts, 1), len(LATE_FIRST_BEAT_SECONDS))
        return LATE_FIRST_BEAT_SECONDS[started - 1]

    @property
    def _patience(self) -> float:
        """Seconds for which all that was missed is nobody's fault but the cluster's."""
        return now() - self._patient_from

    def _look(self) -> tuple[Signs, list[Seen]]:
        if self._connection is None:
            self._connection = connect()
        taken = timezone.now() + timedelta(seconds=Conf.RETRY)
        minute = min(UNANSWERED_WITHIN_SECONDS, self._patience)
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
            return Signs(math.inf, False, unanswered), players
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
                kill_player(player.pid)

    def disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None
