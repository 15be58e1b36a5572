"""What a session may use at most, and which models answer when its own cannot."""

from collections.abc import Callable
from pathlib import Path

import pytest

from agents.models import ModelPrice
from maestro.errors import InvalidInput, InvalidScore
from runs.models import NodeStatus, RunStatus
from tests.far_ends.messages_api import JSON, Said, calls, error, text
from tests.runs.agents import (
    PLAIN_COST,
    SONNET,
    agent_score,
    assert_rows_add_up,
    error_of,
    play_with,
    rows_of,
)
from tests.runs.worlds import start

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("packages")]
HAIKU = "claude-haiku-5-5"
OPUS = "claude-opus-5-5"
HAIKU_COST = 20  # of the 100 and 20 tokens that a scripted answer has by default
LOOK = calls(("books__look_up", {"title": "Emma"}))


def by_model(**answers: Said) -> Callable[[JSON], Said]:
    """Each model says its own; unnamed ones do not exist."""
    named = {"sonnet": SONNET, "haiku": HAIKU, "opus": OPUS}
    said = {named[name]: answer for name, answer in answers.items()}
    return lambda body: said.get(body["model"], error(404, "not_found_error"))


@pytest.mark.parametrize(
    "trouble",
    [
        error(529, "overloaded_error"),
        error(500, "api_error"),
        error(429, "rate_limit_error"),
        error(404, "not_found_error"),
        error(504, "timeout_error"),
        Said(error_within="overloaded_error"),
    ],
)
def test_the_next_model_answers_when_the_first_cannot(trouble: Said) -> None:
    score = agent_score(parameters={"fallback_models": [HAIKU]})

    run = play_with(by_model(sonnet=trouble, haiku=text("Here.")), score)

    assert run.output == {"text": "Here."}, run.error
    (row,) = rows_of(run)
    assert (row.status, row.model) == (NodeStatus.SUCCEEDED, HAIKU)
    assert row.error is not None and row.error["code"] == "fell_back"
    assert row.error["details"]["passed_over"][0]["model"] == SONNET
    assert row.cost_microdollars in (HAIKU_COST, HAIKU_COST + 210)  # a broken stream was paid
    assert_rows_add_up(run)


def test_models_are_asked_in_order_and_the_last_ones_error_is_the_nodes() -> None:
    score = agent_score(parameters={"fallback_models": [OPUS, HAIKU]})

    run = play_with(by_model(haiku=error(529, "overloaded_error")), score)

    assert [sent["model"] for sent in run.requests] == [SONNET, OPUS, HAIKU]  # type: ignore[attr-defined]
    assert error_of(run)["code"] == "unavailable"
    assert rows_of(run)[0].model == HAIKU


def test_the_nodes_attempts_are_spent_before_another_model_is_asked() -> None:
    score = agent_score(
        parameters={"fallback_models": [HAIKU]}, retry={"attempts": 2, "backoff_seconds": 0}
    )

    run = play_with(by_model(sonnet=error(429, "rate_limit_error"), haiku=text("Here.")), score)

    assert [sent["model"] for sent in run.requests] == [SONNET, SONNET, HAIKU]  # type: ignore[attr-defined]
    first, second = rows_of(run)
    assert (first.model, (first.error or {})["code"]) == (SONNET, "rate_limited")
    assert (second.model, second.status) == (HAIKU, NodeStatus.SUCCEEDED)


@pytest.mark.parametrize(
    "said", [Said(stop="refusal"), error(400, "invalid_request_error"), error(401, "x")]
)
def test_what_another_model_would_not_mend_is_not_asked_of_it(said: Said) -> None:
    run = play_with([said], agent_score(parameters={"fallback_models": [HAIKU]}))

    assert len(run.requests) == 1  # type: ignore[attr-defined]


def test_in_the_middle_of_a_session_the_next_model_goes_on_without_anothers_thoughts() -> None:
    thought = {"type": "thinking", "thinking": "Look.", "signature": "c2ln"}
    asking = Said(content=[thought, *LOOK.content], stop="tool_use")
    script = [asking, error(529, "overloaded_error"), LOOK, text("Four.")]
    score = agent_score(allowed_tools=["books"], parameters={"fallback_models": [HAIKU]})

    run = play_with(script, score)

    assert run.output == {"text": "Four."}, run.error
    sent: list[JSON] = run.requests  # type: ignore[attr-defined]
    assert [body["model"] for body in sent] == [SONNET, SONNET, HAIKU, HAIKU]
    assert sent[1]["messages"][1]["content"][0] == thought
    assert [block["type"] for block in sent[3]["messages"][1]["content"]] == ["tool_use"]
    assert rows_of(run)[0].cost_microdollars == PLAIN_COST + 2 * HAIKU_COST


def test_a_fallback_without_a_price_is_refused_when_the_run_starts() -> None:
    score = agent_score(parameters={"fallback_models": [HAIKU]})
    ModelPrice.objects.filter(model=HAIKU).delete()

    with pytest.raises(InvalidScore, match=HAIKU):
        start(score)


@pytest.mark.parametrize(
    ("parameters", "limits", "requests"),
    [
        ({"max_total_tokens": 200}, {}, 2),
        ({"max_cost_microdollars": PLAIN_COST}, {}, 1),
        ({"max_cost_microdollars": 10 * PLAIN_COST}, {"max_cost_microdollars": 401}, 2),
        ({}, {"max_total_tokens": 1}, 1),
    ],
)
def test_a_session_ends_where_its_agent_or_node_says(
    parameters: JSON, limits: JSON, requests: int
) -> None:
    score = agent_score(
        allowed_tools=["books"], parameters=parameters, config={"limits": limits} if limits else {}
    )

    run = play_with([LOOK], score)

    assert run.status == RunStatus.FAILED
    assert error_of(run)["code"] == "limit_reached"
    assert error_of(run)["details"]["limit"] in {**parameters, **limits}
    assert len(run.requests) == requests  # type: ignore[attr-defined]
    assert_rows_add_up(run)


@pytest.mark.parametrize("where", [{"parameters": {"max_seconds": 1}}, {"timeout_seconds": 1}])
def test_seconds_are_the_agents_or_the_nodes(where: JSON) -> None:
    run = play_with([Said(delay=3)], agent_score(**where))

    assert error_of(run)["code"] == "timeout"


def test_a_nodes_turns_are_the_tighter_of_two(packages: Path) -> None:
    config = {"limits": {"max_turns": 2}}
    run = play_with([LOOK], agent_score(allowed_tools=["books"], config=config))

    assert error_of(run)["code"] == "turns_spent"
    assert len(run.requests) == 2  # type: ignore[attr-defined]


def test_limits_that_are_none_are_refused_at_the_save() -> None:
    with pytest.raises(InvalidScore, match="limits"):
        agent_score(config={"limits": {"max_dollars": 3}})
    with pytest.raises(InvalidInput, match="max_cost_microdollars"):
        agent_score(parameters={"max_cost_microdollars": 0})
