"""What the queue calls by dotted name. A BaseException would kill the worker and repeat for ever."""

import logging

from django.conf import settings
from django.db import connection

from agents.skills.pipeline import deliveries
from runs.cluster.keep import Keep
from runs.player import play as play_until_relieved
from runs.player.slots import own_cluster, suspects_slot

log = logging.getLogger(__name__)

BEAT = "update clusters set last_beat = clock_timestamp() where id = %s"


def play() -> str:
    """Enter a slot, if one is free, and play runs."""
    return _play([*range(settings.MAESTRO_WORKERS)])


def play_suspects() -> str:
    """The same for runs that a player died with, in their own slot."""
    return _play([suspects_slot()])


def beat(cluster: str) -> None:
    """Show that a message reaches a worker of this cluster and is carried out."""
    with connection.cursor() as cursor:
        cursor.execute(BEAT, [cluster])


def deliver() -> int:
    """Send what webhooks of pipelines are to be told."""
    return deliveries.deliver()


def keep() -> None:
    """The minute's step for schedules and recovery where no watchdog keeps them by the second."""
    if own_cluster() is None:
        Keep(None).step()


def _play(slots: list[int]) -> str:
    try:
        return play_until_relieved(slots)
    except BaseException as error:
        log.exception("a player could not enter")
        return repr(error)
