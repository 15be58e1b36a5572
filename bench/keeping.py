"""What a cluster's look once a second costs while so many runs wait, beside 100,000 that have ended.

Nothing is due, so each statement only looks. The floor: the same with ten waiting.
`python -m bench.keeping`
"""

import statistics
import time
from typing import TYPE_CHECKING

from bench.installation import installation

if TYPE_CHECKING:
    import psycopg

ROUNDS = 15
FINISHED = 100_000
ORCHESTRAS = 100
CROWDS = (10, 10_000, 100_000)  # waiting runs; one in five each: parents, their children, in line
LOOKS = (
    "TO_DO",
    "WAKE",
    "WAKE_PARENTS_OF_ENDED",
    "WAKE_PARENTS",
    "CANCEL_CHILDREN",
    "NEXT_IN_LINE",
    "WAKE_FUNDED",
)

ENDED = """
insert into score_runs (id, workspace_id, score_id, score_version, orchestra_id, mode, trigger,
       status, input, pins, started_by, parent_node_key, queued_at, finished_at)
select 'run_old' || n, %(workspace)s, %(score)s, 1, 'or_' || n %% 100, 'live', 'api', 'succeeded',
       '{}', '{}', '', '', now() - n * interval '1 minute', now() - n * interval '1 minute'
  from generate_series(1, %(runs)s) n"""
# Half wait for a person; of the rest a quarter each: a run with its child, a line and its head.
WAITING = """
insert into score_runs (id, workspace_id, score_id, score_version, orchestra_id, mode, trigger,
       status, waiting_for, input, pins, started_by, parent_run_id, root_run_id, parent_node_key,
       queued_at)
select 'run_new' || n, %(workspace)s, %(score)s, 1,
       case when n %% 10 in (8, 9) then 'or_' || n %% 1000 / 10 end, 'live', 'api', 'waiting',
       case when n %% 10 in (6, 7) and n %% 2 = 0 then 'subscore'
            when n %% 10 = 9 then 'overlap' else 'gate' end,
       '{}', '{}', '', case when n %% 10 = 7 then 'run_new' || n - 1 end,
       case when n %% 10 = 7 then 'run_new' || n - 1 end,
       case when n %% 10 = 7 then 'call' else '' end, now()
  from generate_series(1, %(runs)s) n"""
CALLS = """
insert into score_run_nodes (run_id, node_key, iteration, status, child_run_id)
select parent_run_id, 'call', '', 'waiting', id from score_runs where parent_run_id is not null"""


def measure() -> None:
    from runs.connections import connect

    floors: dict[str, float] = {}
    _make_orchestras()
    with connect() as connection:
        _fill(connection, ENDED, FINISHED)
        for waiting in CROWDS:
            connection.execute("delete from score_runs where status = 'waiting'")
            _fill(connection, WAITING, waiting)
            connection.execute(CALLS)
            connection.execute("analyze score_runs, score_run_nodes")
            print(f"{waiting} waiting:")
            for look in LOOKS:
                took = _median(connection, look)
                floor = floors.setdefault(look, took)
                print(f"  {look}: {took * 1000:.2f} ms, ratio {took / floor:.1f}", flush=True)


def _make_orchestras() -> None:
    from bench.claims import score_of_bench
    from orchestras.models import Orchestra

    score = score_of_bench(0)
    one = {"workspace": score.workspace, "score": score}
    Orchestra.objects.bulk_create(
        Orchestra(id=f"or_{n}", name=f"bench {n}", overlap="queue", **one)
        for n in range(ORCHESTRAS)
    )


def _fill(connection: "psycopg.Connection", statement: str, runs: int) -> None:
    from bench.claims import score_of_bench

    score = score_of_bench(0)
    given = {"workspace": score.workspace_id, "score": score.pk, "runs": runs}
    connection.execute(statement, given)


def _median(connection: "psycopg.Connection", look: str) -> float:
    from runs import claims
    from runs.budgets.waking import WAKE_FUNDED

    statement = WAKE_FUNDED if look == "WAKE_FUNDED" else getattr(claims, look)
    took = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        connection.execute(statement, {"judges": True}).fetchall()
        took.append(time.perf_counter() - began)
    return statistics.median(took)


if __name__ == "__main__":
    with installation(clusters=0):
        measure()
