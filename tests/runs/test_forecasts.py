"""What runs will cost: by recorded tokens at today's prices, else counted, else estimated."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from agents.actions import save_agent
from agents.models import Agent, ModelPrice
from maestro.errors import Conflict, InvalidScore
from maestro.workspaces.models import Secret
from runs.forecasts import forecast_of_orchestra, forecast_of_score
from runs.forecasts.figures import Range
from runs.models import Run
from scores.models import Score
from tests.admin.rows import make_node, make_run
from tests.factories import make_orchestra, make_score
from tests.runs.agents import SONNET, agent_score, model
from tests.runs.worlds import workspace
from tests.scores.graphs import graph, map_over, step, subscore

pytestmark = pytest.mark.django_db
HAIKU = "claude-haiku-5-5"


def played(score: Score, cost: int, days_ago: float = 1, **fields: Any) -> Run:
    """A live run whose node `think` used a million tokens of Sonnet for that cost."""
    run = make_run(score, cost_microdollars=cost, **fields)
    Run.objects.filter(pk=run.pk).update(queued_at=timezone.now() - timedelta(days=days_ago))
    named: dict[str, Any] = {"model": SONNET, "cost_microdollars": cost, "tokens_input": 1_000_000}
    make_node(run, "think", **named)
    return run


def test_recorded_runs_say_what_the_next_one_costs() -> None:
    score = agent_score()
    for cost in range(100, 1200, 100):
        played(score, cost)

    told = forecast_of_score(score)

    assert (told.basis, told.runs, told.guessed) == ("recorded", 11, ())
    assert told.a_run == Range(200, 600, 1000)


def test_a_changed_model_is_reckoned_at_its_own_price() -> None:
    score = agent_score()
    played(score, 2_000_000)
    save_agent(Agent.objects.get(), {"model": HAIKU}, author="ada")

    assert forecast_of_score(score).a_run.expected == 500_000  # of the band above 100,000


def test_a_node_that_is_gone_costs_nothing_and_a_new_one_is_guessed() -> None:
    score = agent_score()
    run = played(score, 700)
    run.nodes.update(node_key="gone")

    told = forecast_of_score(score)

    assert told.basis == "estimated" and told.guessed == ("think",)
    assert 0 < told.a_run.low < told.a_run.expected < told.a_run.high


def test_rehearsals_and_runs_that_failed_to_start_say_nothing() -> None:
    score = agent_score()
    played(score, 100)
    played(score, 10**9, mode="rehearsal")
    make_run(score, status="failed", started_at=None)
    make_run(score, status="cancelled")

    assert forecast_of_score(score).a_run == Range(100, 100, 100)


def test_without_history_a_map_and_tools_widen_the_range() -> None:
    plain = agent_score(name="Plain")
    body = map_over("each", "think", items_field="items")
    rows = step("rows", config={"params": {"fields": ["items"]}})
    edges = ("rows -> each", "each.item -> think")
    wide = agent_score(rows, body, *edges, name="Wide", allowed_tools=["data.pick"])

    assert forecast_of_score(wide).a_run.high > 25 * forecast_of_score(plain).a_run.high


def test_prompts_are_counted_at_the_provider_for_who_asks() -> None:
    score = agent_score(system_prompt="Judge.", allowed_tools=["data.pick"])
    with model([]) as api:
        api.tokens = 50_000
        counted = forecast_of_score(score, counted=True)

    assert counted.basis == "counted"
    assert counted.a_run.expected > forecast_of_score(score).a_run.expected
    (body,) = api.counted
    assert body["system"][0]["text"] == "Judge." and body["tools"][0]["name"] == "data__pick"
    assert "max_tokens" not in body


def test_counting_without_a_key_is_refused() -> None:
    score = agent_score()
    Secret.objects.all().delete()

    with pytest.raises(Conflict, match="anthropic_api_key"):
        forecast_of_score(score, counted=True)


def test_an_unknown_price_is_refused_and_no_model_is_free() -> None:
    assert forecast_of_score(make_score(workspace())).basis == "free"

    score = agent_score()
    ModelPrice.objects.all().delete()
    with pytest.raises(InvalidScore, match=SONNET):
        forecast_of_score(score)


def test_a_held_score_counts_with_its_holder() -> None:
    inner = agent_score()
    outer = make_score(workspace(), graph(subscore("one", inner.pk)))
    assert forecast_of_score(outer).guessed == (f"{inner.pk}/think",)

    root = make_run(outer, cost_microdollars=0)
    child = make_run(inner, parent_run=root, parent_node_key="one", root_run=root)
    make_node(child, "think", model=SONNET, cost_microdollars=900)

    assert forecast_of_score(outer).a_run == Range(900, 900, 900)


@pytest.mark.parametrize(
    ("cron", "low", "high"),
    [("0 7 * * *", 29, 30), ("* * * * *", 43_000, 43_400), ("0 0 1 1 *", 0, 1)],
)
def test_a_month_is_as_often_as_its_schedule(cron: str, low: int, high: int) -> None:
    score = agent_score()
    played(score, 100)
    orchestra = make_orchestra(score, cron=cron, enabled=True)

    told = forecast_of_orchestra(orchestra)

    assert told.runs_a_month is not None and low <= told.runs_a_month <= high
    assert told.a_month == told.a_run.times(told.runs_a_month)


def test_without_a_schedule_a_month_is_as_of_late() -> None:
    score = agent_score()
    orchestra = make_orchestra(score)
    assert forecast_of_orchestra(orchestra).a_month is None

    for days in (1, 5, 10):
        played(score, 100, days, orchestra=orchestra)
    told = forecast_of_orchestra(orchestra)
    assert told.runs_a_month is not None and 8.9 < told.runs_a_month < 9.1


def test_this_month_is_compared_with_what_was_foretold() -> None:
    score = agent_score()
    orchestra = make_orchestra(score)
    for cost in (100, 300):
        played(score, cost, 35, orchestra=orchestra)
    played(score, 900, 0, orchestra=orchestra)

    kept = forecast_of_orchestra(orchestra).kept

    assert kept is not None
    assert (kept.runs, kept.forecast.expected, kept.actual) == (1, 200, 900)
