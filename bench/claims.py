"""What a claim of ten runs costs while so many are queued, by so many workspaces.

The floor: the same with ten runs queued. Each is measured twice: planned anew, and by a player that
planned its claim while the table was empty. `python -m bench.claims`
"""

import statistics
import time
from typing import TYPE_CHECKING

from bench.installation import installation

if TYPE_CHECKING:
    import psycopg

    from scores.models import Score

ROUNDS = 40
ROOM = 10
CROWDS = ((10, 1), (10_000, 1), (10_000, 100), (10_000, 1000))  # queued runs, workspaces
PLACE = {"me": "bench", "cluster": "bench", "host": "bench", "pid": 1}
ASKED = {"me": "bench", "deaths": 0, "limit": ROOM, "workspaces": [], "plays": [], "most": 250}
BACK = "update score_runs set status = 'queued', player = null where status = 'running'"
ENDLESS = "update players set lease_until = clock_timestamp() + interval '1 hour'"


def measure() -> None:
    from runs import claims
    from runs.connections import connect

    floor = 0.0
    with connect() as early:
        early.execute("analyze score_runs")
        early.execute(claims.ENTER, PLACE)
        early.execute(ENDLESS)
        early.execute(claims.CLAIM, ASKED, prepare=True)
        for runs, workspaces in CROWDS:
            _queue(early, runs, workspaces)
            planned_early = _median(early)
            with connect() as connection:
                took = _median(connection)
            floor = floor or took
            queued = f"{runs} runs of {workspaces} workspaces"
            told = f"{took * 1000:.1f} ms for {ROOM} of them, ratio {took / floor:.1f}"
            print(f"{queued}: {told}; planned on an empty table {planned_early * 1000:.1f} ms")


def _queue(connection: "psycopg.Connection", runs: int, workspaces: int) -> None:
    from runs.models import Run, Trigger

    connection.execute("delete from score_runs")
    for score in [score_of_bench(number) for number in range(workspaces)]:
        one = {"workspace": score.workspace, "score": score, "score_version": 1, "last_event": 1}
        Run.objects.bulk_create(Run(trigger=Trigger.API, **one) for _ in range(runs // workspaces))


def score_of_bench(number: int) -> "Score":
    from bench.scores import chain
    from maestro.workspaces.models import Workspace
    from scores.models import Score, ScoreVersion

    slug = f"bench-{number}"
    workspace, new = Workspace.objects.get_or_create(slug=slug, defaults={"name": slug})
    if not new:
        return Score.objects.get(workspace=workspace)
    made = Score.objects.create(workspace=workspace, name=slug, slug=slug, version=1)
    ScoreVersion.objects.create(
        score=made, version=1, graph=chain(1).content(), content_hash="0" * 64, author="bench"
    )
    return made


def _median(connection: "psycopg.Connection") -> float:
    from runs import claims

    took = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        rows = connection.execute(claims.CLAIM, ASKED, prepare=True).fetchall()
        took.append(time.perf_counter() - began)
        assert len(rows) == ROOM
        connection.execute("delete from run_events")
        connection.execute(BACK)
    return statistics.median(took)


if __name__ == "__main__":
    with installation(clusters=0):
        measure()
