"""Keeping: schedules, runs of dead players, waits that are over, players that are missing, messages to send.

No leader: every step is a conditional statement, so each cluster takes it.
"""

from typing import NamedTuple

from django.db import connection
from django.db.backends.utils import CursorWrapper

from agents.skills.pipeline.deliveries import DUE
from agents.skills.pipeline.deliveries import FORGET as FORGET_DELIVERIES
from runs import claims
from runs.budgets.reserving import FORGET
from runs.budgets.waking import WAKE_FUNDED
from runs.connections import RUNS_CHANNEL
from runs.machine import now
from runs.player.slots import PLAIN_CLUSTER, all_taken, is_free, suspects_slot
from runs.queue import ring

from .pacing import Paced
from .remains import clear_remains
from .tick import tick

GAP_SECONDS = 5
GRACE_SECONDS = claims.LEASE_SECONDS
CLEAR_SECONDS = 30


class ToDo(NamedTuple):
    """What there is to look at, as `claims.TO_DO`, `claims.NEWS` and `DUE` answer."""

    due: bool
    dead: bool
    resumes: bool
    ended: bool
    line: bool
    parked: bool
    children: bool
    waiting: bool
    suspects: bool
    outgoing: bool


class Keep:
    """One cluster's share. `step` raises django.db errors while the database is away."""

    def __init__(self, cluster: str | None) -> None:
        """`cluster` None: under a plain `qcluster`, which has no list of its own."""
        self._cluster = cluster
        self._stepped: float | None = None
        self._judges_from = 0.0
        self._clears_from = 0.0
        self._parents, self._funded, self._children = Paced(), Paced(), Paced()

    def step(self) -> None:
        """A second's work."""
        self._notice_gap()
        judging = {"judges": now() >= self._judges_from}
        with connection.cursor() as cursor:
            cursor.execute(f"{claims.TO_DO}, {claims.NEWS}, {DUE}", judging)
            to_do = ToDo(*cursor.fetchone())
            if to_do.due:
                tick()
            if to_do.dead:
                cursor.execute(claims.SWEEP, judging)
                cursor.execute(claims.BURY, judging)
            self._wake(cursor, to_do)
            if to_do.dead or to_do.parked:
                cursor.execute(f"select {claims.NEWS}")
                waiting, suspects = cursor.fetchone()
            else:
                waiting, suspects = to_do.waiting, to_do.suspects
            if waiting or suspects:
                cursor.execute("select pg_notify(%s, '')", [RUNS_CHANNEL])
        self._ring_for_players(suspects)
        if to_do.outgoing:
            ring("deliver", self._cluster)
        if now() >= self._clears_from:
            clear_remains()
            with connection.cursor() as cursor:
                cursor.execute(FORGET)
                cursor.execute(FORGET_DELIVERIES)
            self._clears_from = now() + CLEAR_SECONDS
        self._stepped = now()

    def _wake(self, cursor: CursorWrapper, to_do: ToDo) -> None:
        """What is due by an index; and, paced, what only a look at all that waits can tell."""
        if to_do.resumes:
            cursor.execute(claims.WAKE)
        if to_do.ended:
            cursor.execute(claims.WAKE_PARENTS_OF_ENDED)
        if to_do.line:
            cursor.execute(claims.NEXT_IN_LINE)
        if to_do.parked:
            self._parents.take(lambda: cursor.execute(claims.WAKE_PARENTS))
            self._funded.take(lambda: cursor.execute(WAKE_FUNDED))
        if to_do.children:
            self._children.take(lambda: cursor.execute(claims.CANCEL_CHILDREN))

    def _notice_gap(self) -> None:
        """After an outage or a sleep everyone looks dead: for one lease only the certainly dead are."""
        if self._stepped is None:
            self._stepped = now()
        if now() - self._stepped > GAP_SECONDS:
            self._judges_from = now() + GRACE_SECONDS

    def _ring_for_players(self, suspects: bool) -> None:
        """Players are permanent: a slot that is free lost its player, or has one on its way."""
        cluster = self._cluster or PLAIN_CLUSTER
        if not all_taken(cluster):
            ring("play", self._cluster)
        if suspects and is_free(cluster, suspects_slot()):
            ring("play_suspects", self._cluster)
