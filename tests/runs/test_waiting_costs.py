"""What a cluster looks at once a second, however many runs wait."""

from typing import Any

import pytest
from django.db import connection

from runs import claims
from runs.cluster import pacing
from runs.cluster.pacing import Paced
from tests.factories import make_orchestra, make_score, make_workspace

WAITING = 2_000
OF_ANOTHER_PLAN = 20  # rows of small tables, which the planner reads now whole, now by index
LOOKS = [claims.TO_DO, claims.WAKE, claims.WAKE_PARENTS_OF_ENDED, claims.NEXT_IN_LINE]
# One in two waits for a person, the others in line behind one that does.
FILL = """
insert into score_runs (id, workspace_id, score_id, score_version, orchestra_id, mode, trigger, status,
       waiting_for, input, pins, started_by, parent_node_key, queued_at)
select 'run_' || n, %(workspace)s, %(score)s, 1, %(orchestra)s, 'live', 'api', 'waiting',
       case when n %% 2 = 0 then 'overlap' else 'gate' end, '{}', '{}', '', '',
       now() + n * interval '1 s'
  from generate_series(1, %(runs)s) n"""


@pytest.mark.django_db
@pytest.mark.parametrize("look", LOOKS)
def test_a_look_reads_no_more_when_more_waits(look: str) -> None:
    few = rows_read(look, waiting=20)

    assert rows_read(look, waiting=WAITING) <= few + OF_ANOTHER_PLAN


def rows_read(look: str, waiting: int) -> int:
    """What the database says that it had in its hands."""
    made = make_score(make_workspace(slug=f"w{waiting}"))
    orchestra = make_orchestra(made)
    with connection.cursor() as cursor:
        cursor.execute("delete from score_runs")
        given = {"workspace": made.workspace_id, "score": made.pk, "orchestra": orchestra.pk}
        cursor.execute(FILL, {**given, "runs": waiting})
        cursor.execute("analyze score_runs")
        cursor.execute(f"explain (analyze, format json) {look}", {"judges": True})
        (plans,) = cursor.fetchone()
    return sum(_read(plan["Plan"]) for plan in plans)


def _read(plan: dict[str, Any]) -> int:
    below: int = sum(_read(one) for one in plan.get("Plans", []))
    if "Scan" not in plan["Node Type"]:
        return below
    rows: float = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)
    read: int = round(rows * plan["Actual Loops"])
    return below + read


def test_a_look_that_takes_long_is_taken_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    time, looks = [1000.0], []
    monkeypatch.setattr(pacing, "now", lambda: time[0])
    paced = Paced()

    def look() -> None:
        looks.append(time[0])
        time[0] += 0.05

    for _ in range(11):
        paced.take(look)
        time[0] += 1

    assert len(looks) == 3
