"""Budgets of runs, orchestras and workspaces: never overshot by more than one call in flight."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, connections
from django.utils import timezone

from runs.actions import cancel_run, start_orchestra
from runs.budgets import (
    BudgetReached,
    Busy,
    Granted,
    Offer,
    Wish,
    caps_of_run,
    reserve,
    reserve_unlimited,
    set_run_budget,
    settle,
    settle_all,
)
from runs.budgets.reserving import FORGET
from runs.budgets.unlimited import month_everywhere
from runs.budgets.waking import WAKE_FUNDED
from runs.models import Account, NodeStatus, Reservation, Run, RunStatus, Trigger
from scores.models import Score
from tests.factories import make_orchestra, make_score
from tests.far_ends.messages_api import Said, calls, error, text
from tests.runs.agents import PLAIN_COST, agent_score, assert_rows_add_up, model, play_with, rows_of
from tests.runs.stage import play_here
from tests.runs.worlds import start, workspace
from tests.scores.graphs import graph, map_over, step, subscore

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("packages")]
HAIKU = "claude-haiku-5-5"
FINE = [text("Fine.")]


def mapped(**agent: Any) -> Score:
    """Asks once for each item, five at a time."""
    body = map_over("each", "think", items_field="items")
    rows = step("rows", config={"params": {"fields": ["items"]}})
    return agent_score(rows, body, "rows -> each", "each.item -> think", **agent)


def allow(microdollars: int | None) -> None:
    home = workspace()
    home.monthly_budget_microdollars = microdollars
    home.save()


def wake() -> None:
    """What each cluster does once a second."""
    with connection.cursor() as cursor:
        cursor.execute(WAKE_FUNDED)


def spent(scope: str) -> int:
    return Account.objects.get(scope=scope).spent


def test_a_workspaces_budget_holds_across_calls_in_flight() -> None:
    score = mapped()
    allow(3 * PLAIN_COST + 1)

    run = play_with(FINE, score, {"items": list(range(10))})

    assert (run.status, run.waiting_for) == (RunStatus.WAITING, "budget")
    assert len(run.requests) == 4  # type: ignore[attr-defined]
    assert run.cost_microdollars == spent(workspace().pk) == 4 * PLAIN_COST
    assert not Reservation.objects.exists()
    paused = [row for row in rows_of(run) if row.status == NodeStatus.CANCELLED]
    assert {row.error["code"] for row in paused if row.error} == {"budget_reached"}
    assert_rows_add_up(run)


def test_two_runs_share_the_budget_of_their_orchestra() -> None:
    orchestra = make_orchestra(agent_score(), budget_microdollars=1, overlap="allow")
    for _ in range(3):
        start_orchestra(orchestra, trigger=Trigger.MANUAL, started_by="test")

    with model(FINE) as api:
        play_here(Run.objects.all()[0])

    assert len(api.requests) == 1
    statuses = sorted(Run.objects.values_list("status", flat=True))
    assert statuses == ["succeeded", "waiting", "waiting"]


def test_a_raised_budget_lets_the_run_go_on_from_where_it_stands() -> None:
    score = mapped()
    allow(PLAIN_COST)
    run = play_with(FINE, score, {"items": [1, 2, 3]})
    assert run.cost_microdollars == PLAIN_COST

    wake()
    run.refresh_from_db()
    assert run.status == RunStatus.WAITING

    allow(None)
    wake()
    with model(FINE) as api:
        run = play_here(run)

    assert run.status == RunStatus.SUCCEEDED, run.error
    assert len(api.requests) == 2
    assert run.cost_microdollars == spent(workspace().pk) == 3 * PLAIN_COST


def test_a_new_month_lets_it_go_on() -> None:
    score = agent_score()
    allow(1)
    play_with(FINE, score)
    waiting = play_with(FINE, score)
    assert waiting.status == RunStatus.WAITING

    last_month = timezone.now().date().replace(day=1) - timedelta(days=1)
    Account.objects.update(month=last_month.replace(day=1))
    wake()

    waiting.refresh_from_db()
    assert waiting.status == RunStatus.QUEUED


def test_it_can_be_cancelled_instead() -> None:
    allow(0)
    run = play_with(FINE, agent_score())
    assert run.waiting_for == "budget"

    assert cancel_run(run, by="ada").status == RunStatus.CANCELLED


def test_a_runs_budget_counts_the_runs_below_it() -> None:
    inner = agent_score()
    outer = make_score(workspace(), graph(subscore("one", inner.pk), subscore("two", inner.pk)))
    orchestra = make_orchestra(outer, run_budget_microdollars=PLAIN_COST)
    run = start_orchestra(orchestra, trigger=Trigger.MANUAL, started_by="test")

    with model(FINE) as api:
        play_here(run)
        play_here(run)

    assert len(api.requests) == 1
    (waiting,) = Run.objects.filter(waiting_for="budget")
    assert waiting.root_run_id == run.pk
    assert [cap.spent for cap in caps_of_run(waiting)] == [PLAIN_COST] * 3

    set_run_budget(waiting, 10 * PLAIN_COST, by="ada")
    wake()
    waiting.refresh_from_db()
    assert waiting.status == RunStatus.QUEUED


def test_the_cheaper_model_answers_where_the_agents_own_might_go_beyond() -> None:
    score = agent_score(parameters={"cheaper_model": HAIKU})
    allow(
        20_000
    )  # the default 16,000 tokens would cost 160,000 of its own model, 8,000 of this one

    run = play_with(FINE, score)

    (row,) = rows_of(run)
    assert (row.status, row.model) == (NodeStatus.SUCCEEDED, HAIKU)
    assert row.error is not None and row.error["details"]["passed_over"][0]["code"] == "budget_near"


def test_in_the_middle_of_a_session_the_next_turn_waits_for_money_and_writes_stay_done() -> None:
    look = calls(("books__look_up", {"title": "Emma"}))
    score = agent_score(allowed_tools=["books"])
    allow(PLAIN_COST)

    run = play_with([look], score)

    assert run.waiting_for == "budget"
    node, tool = rows_of(run)
    assert (node.status, node.cost_microdollars) == (NodeStatus.CANCELLED, PLAIN_COST)
    assert tool.status == NodeStatus.SUCCEEDED


@pytest.mark.parametrize("said", [Said(broken=True), error(529, "overloaded_error")])
def test_what_a_failed_call_cost_is_booked_and_nothing_stays_held(said: Said) -> None:
    score = agent_score()
    allow(10**9)

    run = play_with([said], score)

    assert run.cost_microdollars == spent(workspace().pk)
    assert not Reservation.objects.exists()


def test_an_account_opened_late_knows_what_was_spent_before() -> None:
    score = agent_score()
    play_with(FINE, score)
    assert not Account.objects.exists()

    allow(PLAIN_COST)
    run = play_with(FINE, score)

    assert run.waiting_for == "budget"
    assert spent(workspace().pk) == PLAIN_COST


def test_operations_that_ask_a_model_stay_within_the_budget() -> None:
    score = agent_score(allowed_tools=["books.review"])
    allow(PLAIN_COST)

    run = play_with([calls(("books__review", {"title": "Emma"}))], score)

    assert run.waiting_for == "budget"
    assert len(run.requests) == 1  # type: ignore[attr-defined]


@pytest.fixture
def playing() -> Run:
    """A run that somebody plays, under its first fence."""
    run = start(agent_score())
    Run.objects.filter(pk=run.pk).update(status="running", player="pl_1", fence=1)
    run.refresh_from_db()
    return run


def test_processes_at_once_are_granted_no_more_than_fits(playing: Run) -> None:
    allow(250)
    together = Barrier(4)

    def ask(_: int) -> object:
        together.wait(60)
        try:
            return reserve(playing.pk, 1, uuid4(), [Offer("m", 100)])
        except Busy as busy:
            return busy
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        ends = list(pool.map(ask, range(4)))

    assert sum(isinstance(end, Granted) for end in ends) == 2
    assert sum(isinstance(end, Busy) for end in ends) == 2


def test_reserving_and_settling_twice_is_doing_it_once(playing: Run) -> None:
    allow(10**6)
    token = uuid4()
    for _ in range(2):
        reserve(playing.pk, 1, token, [Offer("m", 100)])
    assert Reservation.objects.count() == 1

    for _ in range(2):
        settle(token, 70)
    assert spent(workspace().pk) == 70


def test_what_a_dead_player_held_is_free_again(playing: Run) -> None:
    allow(100)
    reserve(playing.pk, 1, uuid4(), [Offer("m", 100)])
    with pytest.raises(Busy):
        reserve(playing.pk, 1, uuid4(), [Offer("m", 100)])

    Run.objects.filter(pk=playing.pk).update(fence=2)
    assert reserve(playing.pk, 2, uuid4(), [Offer("m", 100)]).model == "m"
    with connection.cursor() as cursor:
        cursor.execute(FORGET)
    assert Reservation.objects.get().fence == 2


def test_a_spent_budget_is_told_with_its_numbers(playing: Run) -> None:
    Account.objects.create(
        workspace=workspace(), scope=playing.pk, month=date(1970, 1, 1), spent=2_500_000
    )
    set_run_budget(playing, 2_000_000, by="ada")

    with pytest.raises(BudgetReached) as refusal:
        reserve(playing.pk, 1, uuid4(), [Offer("m", 1)])

    assert "$2.50 of $2.00" in refusal.value.message
    assert refusal.value.details["scope"] == "run"


def wish_of(run: Run, fence: int = 1) -> Wish:
    return Wish(run.pk, fence, uuid4(), Offer("m", 100))


def in_mid_month() -> bool:
    return month_everywhere(datetime.now(UTC)) is not None


def test_calls_without_a_limit_are_held_together(playing: Run) -> None:
    stale, wishes = wish_of(playing, fence=7), [wish_of(playing) for _ in range(3)]

    granted = reserve_unlimited([stale, *wishes])

    held = [Granted(wish.token, "m") for wish in wishes]
    assert granted == [None, *(held if in_mid_month() else [None] * 3)]
    assert Reservation.objects.count() == len([one for one in granted if one])
    assert not any(reserve_unlimited(wishes))  # asked again, because the answer was lost
    assert reserve(playing.pk, 1, wishes[0].token, [wishes[0].offer]) == held[0]


@pytest.mark.parametrize("limited", ["run", "orchestra", "workspace"])
def test_a_call_that_a_budget_limits_is_not_held_unasked(limited: str) -> None:
    orchestra = make_orchestra(
        agent_score(), budget_microdollars=10**6 if limited == "orchestra" else None
    )
    run = start_orchestra(orchestra, trigger=Trigger.MANUAL, started_by="test")
    Run.objects.filter(pk=run.pk).update(
        status="running",
        player="pl_1",
        fence=1,
        budget_microdollars=10**6 if limited == "run" else None,
    )
    allow(10**6 if limited == "workspace" else None)

    assert reserve_unlimited([wish_of(run)]) == [None]
    assert not Reservation.objects.exists()


def test_a_budget_set_meanwhile_counts_the_calls_in_flight(playing: Run) -> None:
    wishes = [wish_of(playing), wish_of(playing)]
    for wish in wishes:
        if reserve_unlimited([wish]) == [None]:
            reserve(playing.pk, 1, wish.token, [wish.offer])
    allow(250)

    with pytest.raises(Busy):
        reserve(playing.pk, 1, uuid4(), [Offer("m", 100)])
    settle_all([(wish.token, 90) for wish in wishes])
    settle_all([(wish.token, 90) for wish in wishes])

    assert spent(workspace().pk) == 180
    assert caps_of_run(playing)[-1].held == 0


@pytest.mark.parametrize(
    ("now", "month"),
    [
        (datetime(2026, 3, 31, 9, 59, tzinfo=UTC), date(2026, 3, 1)),
        (datetime(2026, 3, 31, 10, 0, tzinfo=UTC), None),
        (datetime(2026, 4, 1, 11, 59, tzinfo=UTC), None),
        (datetime(2026, 4, 1, 12, 0, tzinfo=UTC), date(2026, 4, 1)),
    ],
)
def test_the_month_that_it_is_everywhere(now: datetime, month: date | None) -> None:
    assert month_everywhere(now) == month
