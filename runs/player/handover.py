"""What a leaving player owes: its runs go back to the queue, uncharged, and somebody is told."""

import logging
import time

import psycopg

from runs import claims
from runs.connections import RUNS_CHANNEL, connect

TRIES = 50
PAUSE_SECONDS = 0.2

log = logging.getLogger(__name__)


def hand_over(player: str) -> None:
    """Release the player's runs and remove it. After 10 s without a database the sweep does it."""
    for _ in range(TRIES):
        try:
            release([player])
            return
        except psycopg.OperationalError:
            time.sleep(PAUSE_SECONDS)
    log.warning("player %s left without a word: the database is away", player)


def release(players: list[str]) -> None:
    """Put the runs of these players back into the queue at once; charges nobody a death."""
    with connect() as connection, connection.transaction():
        connection.execute(claims.RELEASE, {"players": players})
        connection.execute(claims.LEAVE, {"players": players})
        connection.execute("select pg_notify(%s, '')", [RUNS_CHANNEL])
