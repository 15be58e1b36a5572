"""LLM nodes that ask a model: what is recorded, what it costs, what is refused."""

import logging

import pytest

from agents.actions import save_agent
from agents.models import AgentVersion, ModelPrice
from maestro.errors import InvalidScore
from maestro.workspaces.models import Secret, SecretVersion
from runs.models import NodeStatus, RunStatus
from tests.far_ends.messages_api import Said, calls, error, text
from tests.runs.agents import (
    KEY,
    PLAIN_COST,
    SONNET,
    USAGE,
    USAGE_COST,
    agent_score,
    assert_rows_add_up,
    error_of,
    everything_said,
    model,
    play_with,
    rehearse,
    rows_of,
)
from tests.runs.stage import play_here
from tests.runs.worlds import start
from tests.scores.graphs import map_over, step

pytestmark = pytest.mark.django_db(transaction=True)
VERDICT = {
    "type": "object",
    "properties": {"good": {"type": "boolean"}},
    "required": ["good"],
    "examples": [{"good": True}],
}


def test_the_answer_is_the_output_and_the_row_says_who_gave_it_and_for_how_much() -> None:
    score = agent_score(output_schema=VERDICT)

    run = play_with([text({"good": False}, usage=USAGE)], score, {"lead": "Ada"})

    assert run.status == RunStatus.SUCCEEDED, run.error
    assert run.output == {"good": False}
    (row,) = rows_of(run)
    assert (row.status, row.port, row.input) == (NodeStatus.SUCCEEDED, "success", {"lead": "Ada"})
    assert (row.agent_id, row.agent_version, row.model) == (
        AgentVersion.objects.get().agent_id,
        1,
        SONNET,
    )
    assert (row.tokens_input, row.tokens_output, row.tokens_cache_read) == (1001, 203, 5003)
    assert (row.tokens_cache_write_5m, row.tokens_cache_write_1h) == (301, 407)
    assert row.cost_microdollars == USAGE_COST
    assert row.started_at is not None and row.finished_at is not None
    assert_rows_add_up(run)
    assert [e.kind for e in run.events.all()][2:] == [
        "node.running",
        "node.succeeded",
        "run.succeeded",
    ]


def test_a_run_adds_up_all_its_calls_each_rounded_by_itself() -> None:
    body = map_over("each", "think", items_field="items")
    rows = step("rows", config={"params": {"fields": ["items"]}})
    score = agent_score(rows, body, "rows -> each", "each.item -> think")

    run = play_with([text("Hm.", usage=USAGE)], score, {"items": list(range(7))})

    assert run.cost_microdollars == 7 * USAGE_COST
    assert_rows_add_up(run)


def test_a_repaired_answer_costs_both_calls() -> None:
    run = play_with([text("Sure!"), text({"good": True})], agent_score(output_schema=VERDICT))

    assert run.output == {"good": True}
    assert run.cost_microdollars == 2 * PLAIN_COST
    assert_rows_add_up(run)


@pytest.mark.parametrize(
    ("said", "code", "cost"),
    [
        (text("Sure, it is good!"), "answer_misfit", 2 * PLAIN_COST),
        (text({"good": "yes"}), "answer_misfit", 2 * PLAIN_COST),
        (text({"good": True}, stop="max_tokens"), "answer_cut", PLAIN_COST),
        (Said(stop="refusal"), "model_refused", PLAIN_COST),
        (calls(("gmail__send_email", {})), "tool_not_allowed", PLAIN_COST),
        (Said(broken=True), "unavailable", 210),
        (error(529, "overloaded_error"), "unavailable", 0),
        (error(401, "authentication_error"), "key_refused", 0),
    ],
)
def test_a_failed_node_names_what_happened_and_its_tokens_count(
    said: Said, code: str, cost: int
) -> None:
    run = play_with([said], agent_score(output_schema=VERDICT))

    assert run.status == RunStatus.FAILED
    assert error_of(run)["code"] == code
    assert error_of(run)["node"] == "think"
    (row,) = rows_of(run)
    assert row.error == run.error
    assert (row.model, row.agent_version) == (SONNET, 1)
    assert row.cost_microdollars == run.cost_microdollars == cost
    assert_rows_add_up(run)


def test_a_hang_is_a_timeout_of_the_node() -> None:
    run = play_with([Said(delay=3)], agent_score(timeout_seconds=1))

    assert error_of(run)["code"] == "timeout"


def test_what_may_pass_is_tried_again_each_attempt_on_a_row_of_its_own() -> None:
    score = agent_score(retry={"attempts": 3, "backoff_seconds": 0})
    script = [error(529, "overloaded_error"), Said(broken=True), text("Fine.")]

    run = play_with(script, score)

    assert run.output == {"text": "Fine."}
    rows = rows_of(run)
    assert [(row.attempt, row.status) for row in rows] == [
        (1, NodeStatus.FAILED),
        (2, NodeStatus.FAILED),
        (3, NodeStatus.SUCCEEDED),
    ]
    assert [row.cost_microdollars for row in rows] == [0, 210, PLAIN_COST]
    assert_rows_add_up(run)


def test_a_refusal_is_not_tried_again() -> None:
    run = play_with([Said(stop="refusal")], agent_score(retry={"attempts": 3}))

    assert len(rows_of(run)) == 1


def test_an_answer_the_database_cannot_hold_is_an_error_that_counts() -> None:
    run = play_with([text("a\x00b")], agent_score())

    assert error_of(run)["code"] == "invalid_node_output"
    assert run.cost_microdollars == PLAIN_COST


def test_what_was_pinned_at_the_start_is_played() -> None:
    score = agent_score(model="claude-haiku-5-5", system_prompt="Old.")
    run = start(score)
    agent = AgentVersion.objects.get().agent
    save_agent(agent, {"system_prompt": "New.", "model": SONNET}, author="ada")
    ModelPrice.objects.update(input=0, output=0)

    with model([text("Fine.")]) as api:
        play_here(run)

    assert api.requests[0]["system"][0]["text"] == "Old."
    assert api.requests[0]["model"] == "claude-haiku-5-5"
    assert run.cost_microdollars == 20


def test_an_agent_without_a_model_takes_the_workspaces_at_the_start() -> None:
    score = agent_score()
    score.workspace.default_model = "claude-opus-5"
    score.workspace.save()

    (row,) = rows_of(play_with([text("Fine.")], score))

    assert row.model == "claude-opus-5"


def test_a_model_without_a_price_is_refused_before_anything_is_spent() -> None:
    score = agent_score(model="claude-unheard-of")

    with pytest.raises(InvalidScore, match="claude-unheard-of, which has no price"):
        start(score)
    assert rehearse(score).status == RunStatus.SUCCEEDED


def test_a_price_that_is_gone_from_the_pins_stops_the_call() -> None:
    run = start(agent_score())
    run.pins["prices"] = {}
    run.save()

    with model([text("Fine.")]) as api:
        play_here(run)

    assert error_of(run)["code"] == "model_without_price"
    assert api.requests == []


def test_without_a_key_the_node_says_what_to_do() -> None:
    score = agent_score()
    SecretVersion.objects.all().delete()
    Secret.objects.all().delete()

    run = play_with([text("Fine.")], score)

    assert error_of(run)["code"] == "missing_secret"
    assert "set one named anthropic_api_key in the vault" in error_of(run)["message"]
    assert run.requests == []  # type: ignore[attr-defined]


def test_a_rehearsal_asks_nobody() -> None:
    score = agent_score(output_schema=VERDICT)
    SecretVersion.objects.all().delete()
    Secret.objects.all().delete()

    with model([text({"good": False})]) as api:
        run = rehearse(score)

    assert run.output == {"good": True}
    assert (api.requests, run.cost_microdollars) == ([], 0)


@pytest.mark.parametrize(
    "said",
    [
        text(f"The key is {KEY}"),
        error(401, "authentication_error", f"invalid key: {KEY}"),
        error(400, "invalid_request_error", f"{'x' * 490} {KEY}"),
    ],
)
def test_the_key_is_on_no_row_in_no_event_and_not_in_the_log(
    said: Said, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        run = play_with([said], agent_score())

    told = everything_said(run) + caplog.text
    assert KEY not in told and KEY[:10] not in told
