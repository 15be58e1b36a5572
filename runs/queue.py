"""django-q2's broker on the database, awake at once: it waits on LISTEN instead of sleeping.

Each cluster has a list of its own besides the shared one, so that a beat is run by the cluster it
judges. The queue carries no runs: only `play`, `beat` and odd jobs of seconds.
"""

import os
import time
from datetime import timedelta
from typing import Any

import psycopg
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone
from django_q.brokers.orm import ORM
from django_q.conf import Conf
from django_q.models import OrmQ
from django_q.tasks import async_task

from maestro.prepared import ask, write
from runs.connections import connect

CHANNEL = "maestro_queue"
POLL_SECONDS = 3  # the net under LISTEN; the queue's end waits for it
RECOVERY_SECONDS = 0.5

# One statement each, where the broker's own take four and six: most of what an idle cluster asks.
ENQUEUE = f"""
with message as (
  insert into django_q_ormq (key, payload, lock) values (%(key)s, %(payload)s, %(now)s)
  returning id)
select id, pg_notify('{CHANNEL}', '') from message"""
DELETE = "delete from django_q_ormq where id = %(id)s"
TAKE = """
update django_q_ormq message
   set lock = %(until)s, key = case when key = %(shared)s then %(taken)s else key end
  from (select id from django_q_ormq where key = any(%(keys)s) and lock < %(now)s
         order by key = %(shared)s, id limit 1 for update skip locked) as oldest
 where message.id = oldest.id
returning message.id, message.payload"""

Message = tuple[int, str]


def own_list(cluster: str) -> str:
    """The name of the list that only this cluster reads."""
    return f"{Conf.PREFIX}:{cluster}"


def beat_list(cluster: str) -> str:
    """The same for beats alone, so that those which nobody answered can be counted."""
    return f"{own_list(cluster)}:beat"


def taken_list(cluster: str) -> str:
    """What this cluster has taken of the shared list and not yet carried out."""
    return f"{own_list(cluster)}:taken"


def ring(job: str, cluster: str | None = None, *args: str) -> None:
    """Ask for one call of `runs.jobs.<job>`, or of a job by its dotted name: anywhere, or in the workers
    of this cluster."""
    broker = ListenBroker(own_list(cluster) if cluster else Conf.PREFIX)
    dotted = job if "." in job else f"runs.jobs.{job}"
    async_task(dotted, *args, q_options={"broker": broker})


def ring_softly(job: str, cluster: str | None = None, *args: str) -> None:
    """`ring` for a bell that is rung again anyway: a database that is away does not matter."""
    try:
        ring(job, cluster, *args)
    except (OperationalError, InterfaceError):
        connection.close()


def ring_beat(cluster: str) -> None:
    """Ask a cluster for a sign of life. A database that is away does not matter."""
    try:
        broker = ListenBroker(beat_list(cluster))
        async_task("runs.jobs.beat", cluster, q_options={"broker": broker})
    except (OperationalError, InterfaceError):
        connection.close()


def forget_own_list(cluster: str) -> None:
    """What a killed queue leaves: its own bells are rung anew, or no longer wanted; odd jobs that it
    had taken go back to the shared list at once."""
    OrmQ.objects.filter(key__in=[own_list(cluster), beat_list(cluster)]).delete()
    OrmQ.objects.filter(key=taken_list(cluster)).update(key=Conf.PREFIX, lock=timezone.now())


class ListenBroker(ORM):  # type: ignore[misc]
    """The ORM broker; a lost database costs half a second instead of ten."""

    def __init__(self, list_key: str | None = None) -> None:
        super().__init__(list_key)
        self._listener: psycopg.Connection | None = None

    def enqueue(self, task: str) -> Any:  # noqa: ANN401
        """Same connection, so the message and the NOTIFY join the caller's transaction."""
        key = self.list_key or Conf.CLUSTER_NAME
        ((id, _),) = ask(ENQUEUE, {"key": key, "payload": task, "now": timezone.now()})
        return id

    def dequeue(self) -> list[Message]:
        """A message of this cluster's lists or, when there is none, of the shared one."""
        try:
            if self._listener is None or self._listener.closed:
                self._listener = connect()
                self._listener.execute(f"listen {CHANNEL}")
            messages = self._take(self._listener)
            if not messages:
                self._wait(self._listener)
            return messages
        except (psycopg.OperationalError, OperationalError, InterfaceError):
            self._drop_connections()
            time.sleep(RECOVERY_SECONDS)
            return []

    def delete(self, task_id: int) -> None:
        self.get_connection()  # a new one, if the old one has ended
        write(DELETE, {"id": task_id})

    def _take(self, listener: psycopg.Connection) -> list[Message]:
        shared = taken = self.list_key
        keys = [shared]
        if cluster := os.environ.get("MAESTRO_CLUSTER"):
            taken = taken_list(cluster)
            keys += [beat_list(cluster), own_list(cluster), taken]
        now = timezone.now()
        until = now + timedelta(seconds=Conf.RETRY)
        asked = {"keys": keys, "shared": shared, "taken": taken, "now": now, "until": until}
        return list(listener.execute(TAKE, asked).fetchall())

    def _wait(self, listener: psycopg.Connection) -> None:
        for _ in listener.notifies(timeout=POLL_SECONDS, stop_after=1):
            pass

    def _drop_connections(self) -> None:
        if self._listener is not None:
            self._listener.close()
        self._listener = None
        connection.close()
