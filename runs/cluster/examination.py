"""How the installation is, in words: clusters, players, leases, queue, schedules and the database.

Read by `manage.py doctor`. Times are the database's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from runs.player.claiming import MAX_RUNS

LATE_SECONDS = 30
STALE_SECONDS = 60
MOST_USED = 0.8  # of the connections

CLUSTERS = """
select id, host, extract(epoch from clock_timestamp() - coalesce(last_beat, started))
  from clusters order by started"""
PLAYERS = """
select count(*) filter (where lease_until >= clock_timestamp()),
       coalesce(extract(epoch from clock_timestamp() - min(lease_until)), 0),
       count(*) filter (where lease_until < clock_timestamp())
  from players"""
RUNS = """
select count(*) filter (where status = 'running'), count(*) filter (where status = 'queued'),
       count(*) filter (where status = 'queued' and deaths > 0),
       coalesce(extract(epoch from clock_timestamp()
                - min(queued_at) filter (where status = 'queued')), 0)
  from score_runs where status in ('running', 'queued')"""
MESSAGES = """
select count(*), coalesce(extract(epoch from clock_timestamp() - min(lock)), 0)
  from django_q_ormq where lock < clock_timestamp()"""
OVERDUE = """
select count(*), min(name), coalesce(extract(epoch from clock_timestamp() - min(next_fire_at)), 0)
  from score_runners
 where enabled and next_fire_at < clock_timestamp() - interval '30 seconds'"""
DATABASE = """
select current_setting('server_version'), pg_size_pretty(pg_database_size(current_database())),
       (select count(*) from pg_stat_activity where backend_type = 'client backend'),
       current_setting('max_connections')::int, current_setting('fsync'),
       current_setting('full_page_writes'), current_setting('synchronous_commit'),
       (select coalesce(max(extract(epoch from clock_timestamp() - xact_start)), 0)
          from pg_stat_activity where datname = current_database() and state <> 'idle')"""
LONG_TRANSACTION_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Finding:
    """What was seen; `mend`: what to do about it, empty when all is well."""

    seen: str
    mend: str = ""


def clusters() -> Finding:
    rows = _rows(CLUSTERS)
    if not rows:
        return Finding("none", "no cluster is running; start `manage.py up` or `manage.py cluster`")
    seen = ", ".join(f"{name} on {host.split()[0]} beat {_ago(age)}" for name, host, age in rows)
    late = [name for name, _, age in rows if age > LATE_SECONDS]
    if late:
        return Finding(seen, f"{', '.join(late)} does not beat; its log says why, or it is gone")
    return Finding(seen)


def players() -> Finding:
    ((living, lapsed_for, lapsed),) = _rows(PLAYERS)
    ((running, *_),) = _rows(RUNS)
    seen = f"{_count(living, 'player')} with {_count(running, 'run')}"
    if lapsed and lapsed_for > LATE_SECONDS:
        told = f"{_count(lapsed, 'lease')} over for {_span(lapsed_for)}"
        return Finding(seen, f"{told}, and no cluster takes the runs back: start one")
    if not living:
        return Finding(seen, "nobody plays; a cluster that beats starts players within seconds")
    return Finding(seen)


def queue() -> Finding:
    ((running, queued, suspects, oldest),) = _rows(RUNS)
    ((living, *_),) = _rows(PLAYERS)
    ((messages, waiting),) = _rows(MESSAGES)
    seen = f"{_count(queued, 'run')} waiting"
    if queued:
        seen += f", the oldest for {_span(oldest)}; {suspects} after a player's death"
    if messages and waiting > LATE_SECONDS:
        told = f"{_count(messages, 'message')} of the queue not taken for {_span(waiting)}"
        return Finding(seen, f"{told}: its watchdog starts the cluster again; else start one")
    if queued - suspects and oldest > STALE_SECONDS and running < MAX_RUNS * living:
        return Finding(seen, "players have room and take none; the cluster's log says why")
    if queued and not living:
        return Finding(seen, "nobody plays them; start a cluster")
    return Finding(seen)


def schedules() -> Finding:
    ((overdue, name, since),) = _rows(OVERDUE)
    if not overdue:
        return Finding("none overdue")
    told = f"{_count(overdue, 'schedule')} overdue, {name} among them, by {_span(since)}"
    return Finding(told, "each cluster fires what is due once a second: start one, or see its log")


def database() -> Finding:
    ((version, size, used, most, fsync, pages, commit, open_for),) = _rows(DATABASE)
    seen = f"PostgreSQL {version.split()[0]}, {size}, {used} of {most} connections"
    names = {"fsync": fsync, "full_page_writes": pages, "synchronous_commit": commit}
    off = [name for name, value in names.items() if value == "off"]
    if off:
        return Finding(seen, f"{' and '.join(off)} off: a crash may cost what was committed")
    if used > MOST_USED * most:
        return Finding(seen, "nearly all connections are in use: raise max_connections")
    if open_for > LONG_TRANSACTION_SECONDS:
        told = f"a transaction is open for {_span(open_for)} and keeps old rows"
        return Finding(seen, f"{told}: `select * from pg_stat_activity` names it")
    return Finding(seen)


EXAMINATIONS: dict[str, Callable[[], Finding]] = {
    "database server": database,
    "clusters": clusters,
    "players": players,
    "queue": queue,
    "schedules": schedules,
}


def _rows(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _ago(seconds: float) -> str:
    return f"{_span(seconds)} ago"


def _span(seconds: float) -> str:
    seconds = int(seconds)
    if seconds < 120:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 7200 else f"{seconds // 3600} h"
