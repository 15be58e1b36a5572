"""One workspace's long queue holds up nobody else's run."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from runs import claims
from runs.cluster import tick
from runs.connections import connect
from runs.line import Line
from runs.models import Run, RunStatus, Trigger
from runs.player.claiming import MAX_RUNS, RESERVE, Claims
from scores.models import Score
from tests.factories import make_orchestra, make_score, make_workspace

from .stage import enter

MANY = 2000

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def player() -> str:
    enter("player")
    return "player"


def queue(score: Score, count: int) -> list[str]:
    """Start so many runs at once, as an import would."""
    runs = Run.objects.bulk_create(
        Run(
            workspace=score.workspace,
            score=score,
            score_version=score.version,
            trigger=Trigger.API,
            last_event=1,
        )
        for _ in range(count)
    )
    return [run.id for run in runs]


def claim(player: str, limit: int, **options: Any) -> list[str]:
    async def take() -> list[str]:
        line = Line()
        taken = await Claims(player).take(line, limit, **options)
        line.close()
        return [one.run.id for one in taken]

    return asyncio.run(take())


def of(score: Score, runs: list[str]) -> int:
    return Run.objects.filter(score=score, id__in=runs).count()


@pytest.fixture
def crowd() -> Score:
    return make_score(make_workspace())


@pytest.fixture
def single() -> Score:
    return make_score(make_workspace())


def test_a_single_run_behind_thousands_of_another_workspace_is_in_the_first_claim(
    player: str, crowd: Score, single: Score
) -> None:
    queue(crowd, MANY)
    (mine,) = queue(single, 1)

    taken = claim(player, MAX_RUNS)

    assert mine in taken
    assert len(claim(player, MAX_RUNS)) == MAX_RUNS  # alone again, the crowd has all the room


def test_the_oldest_runs_of_a_workspace_come_first(player: str, crowd: Score) -> None:
    first, second = queue(crowd, 10), queue(crowd, 10)

    assert (set(claim(player, 10)), set(claim(player, 10))) == (set(first), set(second))


def test_the_last_place_goes_to_the_workspace_that_has_the_fewest(
    player: str, crowd: Score, single: Score
) -> None:
    queue(crowd, 10)
    (mine,) = queue(single, 1)

    assert claim(player, 1, playing=Counter({crowd.workspace_id: 200})) == [mine]


def test_a_full_player_has_room_for_a_workspace_that_has_little_of_it(
    player: str, crowd: Score, single: Score
) -> None:
    queue(crowd, 10)
    (mine,) = queue(single, 1)
    full = Counter({crowd.workspace_id: MAX_RUNS})

    assert claim(player, RESERVE, playing=full, most=RESERVE) == [mine]


def test_more_workspaces_than_room_still_fill_it(player: str) -> None:
    for _ in range(6):
        queue(make_score(make_workspace()), 2)

    assert len(claim(player, 4)) == 4


def test_a_claim_looks_at_no_more_of_a_long_queue_than_it_takes(player: str, crowd: Score) -> None:
    queue(crowd, MANY)
    asked = {"me": player, "deaths": 0, "limit": 10, "workspaces": [], "plays": [], "most": 250}

    with connect() as connection:
        cursor = connection.execute(f"explain (analyze, format json) {claims.CLAIM}", asked)
        ((plan,),) = cursor.fetchall()

    assert max(rows_looked_at(plan[0]["Plan"])) <= 10


def rows_looked_at(node: dict[str, Any]) -> Iterator[float]:
    """By each part of the plan."""
    yield node["Actual Rows"] * node["Actual Loops"]
    for below in node.get("Plans", []):
        yield from rows_looked_at(below)


def test_schedules_of_workspaces_take_turns(
    crowd: Score, single: Score, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tick, "MAX_ORCHESTRAS", 2)
    due = timezone.now().replace(second=0, microsecond=0)
    for score in (crowd, crowd, crowd, single):
        orchestra = make_orchestra(score, cron="* * * * *", enabled=True)
        type(orchestra).objects.filter(pk=orchestra.pk).update(next_fire_at=due)

    tick.tick()

    queued = Run.objects.filter(status=RunStatus.QUEUED)
    assert Counter(queued.values_list("score", flat=True)) == {crowd.id: 1, single.id: 1}
