"""Floors: the least that psycopg can do to keep the same rows. Knows no Django: workers are spawned.

The table has what says what a node did, and one index to find it by; Maestro's own has 28 columns,
three indexes, and an event for each row.
"""

import json
import multiprocessing
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import psycopg

COLUMNS = "run_id, node_key, iteration, status, port, input, output, started_at, finished_at"
NODES = """
create table if not exists floor_nodes (
  run_id text, node_key text, iteration text, status text, port text, input jsonb, output jsonb,
  started_at timestamptz, finished_at timestamptz, primary key (run_id, node_key, iteration))"""
INSERT = f"insert into floor_nodes ({COLUMNS}) values (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
COPY = f"copy floor_nodes ({COLUMNS}) from stdin"

JOBS = """
create table if not exists floor_jobs (
  id bigserial primary key, status text not null default 'queued', input jsonb,
  claimed_at timestamptz, finished_at timestamptz);
create index if not exists floor_queue on floor_jobs (id) where status = 'queued'"""
SUBMIT = "insert into floor_jobs (input) values (%s) returning id, pg_notify('floor_jobs', '')"
CLAIM = """
update floor_jobs set status = 'running', claimed_at = clock_timestamp()
 where id = (select id from floor_jobs where status = 'queued'
              order by id limit 1 for update skip locked) returning id"""
FINISH = "update floor_jobs set status = 'done', finished_at = clock_timestamp() where id = %s"
INPUT = json.dumps({"x": 1})


class Floor:
    """Plain SQL beside Maestro's, on the same database."""

    def __init__(self, conninfo: str) -> None:
        self.connection = psycopg.connect(conninfo, autocommit=True, prepare_threshold=1)
        self.connection.execute(NODES)
        self.connection.execute(JOBS)
        self._name = secrets.token_hex(4)
        self._runs = 0

    def insert_each(self, count: int) -> None:
        """One commit for each row."""
        for row in self._rows(count):
            self.connection.execute(INSERT, row)

    def insert_together(self, count: int) -> None:
        """All rows in one commit."""
        with self.connection.transaction(), self.connection.cursor() as cursor:
            cursor.executemany(INSERT, list(self._rows(count)))

    def copy(self, count: int) -> None:
        """All rows by one COPY in one commit."""
        with self.connection.transaction(), self.connection.cursor().copy(COPY) as copy:
            for row in self._rows(count):
                copy.write_row(row)

    def submit(self) -> int:
        """One job, committed; the workers are told."""
        (job, _) = self.connection.execute(SUBMIT, [INPUT]).fetchone() or (0, None)
        return int(job)

    def wait_for(self, jobs: int) -> None:
        """Until so many are done."""
        done = "select count(*) from floor_jobs where status = 'done'"
        while (self.connection.execute(done).fetchone() or (0,))[0] < jobs:
            time.sleep(0.002)

    def forget_jobs(self) -> None:
        self.connection.execute("truncate floor_jobs")

    def claimed_at(self, job: int) -> float:
        """When a worker had it."""
        sql = "select extract(epoch from claimed_at)::float8 from floor_jobs where id = %s"
        (moment,) = self.connection.execute(sql, [job]).fetchone() or (0.0,)
        return float(moment)

    def _rows(self, count: int) -> Iterator[tuple[Any, ...]]:
        self._runs += 1
        for number in range(count):
            now = datetime.now(UTC)
            given = json.dumps({"fields": ["x"], "x": number})
            kept = json.dumps({"x": number})
            run = f"run_{self._name}_{self._runs}"
            yield run, "pick", f"each:{number}", "succeeded", "success", given, kept, now, now


@contextmanager
def workers(conninfo: str, count: int = 2) -> Iterator[None]:
    """Processes that listen, claim one job at a time and commit it as done."""
    context = multiprocessing.get_context("spawn")
    ready = context.Semaphore(0)
    made = [context.Process(target=_work, args=(conninfo, ready)) for _ in range(count)]
    for process in made:
        process.start()
    for _ in made:
        ready.acquire()
    try:
        yield
    finally:
        for process in made:
            process.terminate()
            process.join()


def _work(conninfo: str, ready: Any) -> None:  # noqa: ANN401
    listener = psycopg.connect(conninfo, autocommit=True)
    listener.execute("listen floor_jobs")
    connection = psycopg.connect(conninfo, autocommit=True, prepare_threshold=1)
    ready.release()
    while True:
        while claimed := connection.execute(CLAIM).fetchone():
            connection.execute(FINISH, claimed)
        for _ in listener.notifies(timeout=2, stop_after=1):
            pass
