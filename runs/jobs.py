"""What the queue calls by dotted name. A BaseException would kill the worker and repeat for ever."""

import logging

from django.db import connection

from runs.cluster.keep import Keep
from runs.player import play as play_until_relieved

log = logging.getLogger(__name__)

BEAT = "update clusters set last_beat = clock_timestamp() where id = %s"


def play() -> str:
    """Enter a slot, if one is free, and play runs."""
    try:
        return play_until_relieved()
    except BaseException as error:
        log.exception("a player broke")
        return repr(error)


def beat(cluster: str) -> None:
    """Show that a message reaches a worker of this cluster and is carried out."""
    with connection.cursor() as cursor:
        cursor.execute(BEAT, [cluster])


def keep() -> None:
    """The minute's step for schedules and recovery where no watchdog keeps them by the second."""
    Keep(None).step()
