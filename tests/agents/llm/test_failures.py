"""Every way a model or its provider can fail is an error with a name, and its tokens count."""

import logging
from dataclasses import replace

import pytest

from agents.llm.tokens import Tokens
from tests.far_ends.messages_api import Said, error, text

from .talking import KEY, talk


@pytest.mark.parametrize(
    ("stop", "code"),
    [
        ("max_tokens", "answer_cut"),
        ("refusal", "model_refused"),
        ("model_context_window_exceeded", "context_full"),
        ("tired", "unknown_stop_reason"),
    ],
)
def test_an_answer_that_stopped_short_has_a_name_and_counts(stop: str, code: str) -> None:
    told = talk([text("Half an", stop=stop)])

    assert told.code == code
    assert told.spent == [Tokens(100, 20)]


def test_a_refusal_says_why() -> None:
    why = {"type": "refusal", "category": "bio", "explanation": "It looks like a toxin."}
    told = talk([Said(stop="refusal", stop_details=why)])

    assert "It looks like a toxin." in str(told.error)
    assert told.error is not None and told.error.details == {"category": "bio"}


def test_a_cut_answer_says_which_limit_to_raise() -> None:
    told = talk([text("Half an", stop="max_tokens")], parameters={"max_tokens": 50})

    assert "cut off at 50 tokens. Raise max_tokens" in str(told.error)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (error(529, "overloaded_error"), "unavailable"),
        (error(500, "api_error"), "unavailable"),
        (error(502, message="<html>Bad gateway</html>"), "unavailable"),
        (error(503), "unavailable"),
        (error(504, "timeout_error"), "timeout"),
        (error(429, "rate_limit_error"), "rate_limited"),
        (error(401, "authentication_error"), "key_refused"),
        (error(403, "permission_error"), "key_refused"),
        (error(402, "billing_error"), "spending_stopped"),
        (error(400, "invalid_request_error", "Your credit balance is too low"), "spending_stopped"),
        (error(404, "not_found_error", "model: claude-x"), "unknown_model"),
        (error(404, message="nothing here"), "request_refused"),
        (error(400, "invalid_request_error", "prompt is too long: 2 > 1"), "context_full"),
        (error(413, "request_too_large"), "context_full"),
        (error(400, "invalid_request_error", "max_tokens: 1 > 0"), "request_refused"),
        (error(307, location="http://127.0.0.1:1/"), "request_refused"),
        (Said(error_within="overloaded_error"), "unavailable"),
        (Said(error_within="rate_limit_error"), "rate_limited"),
        (Said(broken=True), "unavailable"),
        (text("Half an", stop=None), "unavailable"),
        (Said(body=b"event: message_start\ndata: {oops\n\n"), "unavailable"),
        (Said(body=b""), "unavailable"),
        (Said(body=b'event: message_start\ndata: {"type": "message_start"}\n\n'), "unavailable"),
    ],
)
def test_what_the_provider_answers_is_told_by_name(answer: Said, code: str) -> None:
    told = talk([answer])

    assert told.code == code
    assert len(told.api.requests) == 1


def test_a_rate_limit_says_how_long_to_wait_and_is_not_waited_for() -> None:
    told = talk([error(429, "rate_limit_error", retry_after="3600")])

    assert told.error is not None and told.error.details["retry_after"] == 3600.0
    assert len(told.api.requests) == 1


def test_a_refusal_of_the_provider_says_what_and_what_to_do() -> None:
    told = talk([error(404, "not_found_error", "model: claude-sonnet-5-5")])

    assert "model: claude-sonnet-5-5. Choose another model" in str(told.error)
    assert told.error is not None and told.error.details["request_id"] == "req_1"


@pytest.mark.parametrize("slow", [Said(delay=2), replace(text("Fine."), hang=2)])
def test_a_model_that_hangs_is_given_up_at_the_nodes_deadline(slow: Said) -> None:
    told = talk([slow], seconds=0.3)

    assert told.code == "timeout"
    assert told.spent in ([], [Tokens(100, 1)])


def test_what_a_broken_answer_had_used_by_then_counts() -> None:
    assert talk([Said(broken=True)]).spent == [Tokens(100, 1)]


def test_nobody_there_is_unavailable() -> None:
    def gone(body: object) -> Said:
        raise AssertionError("nobody answers")

    assert talk(gone).code == "unavailable"


@pytest.mark.parametrize("key", ["sk-test\ninjected: 1", "sk-\x00"])
def test_a_key_that_no_header_can_carry_is_refused_without_being_told(
    key: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        told = talk([text("Fine.")], key=key)

    assert told.code == "key_refused"
    assert key not in repr(told.error) + str(told.error.__dict__) + caplog.text
    assert told.api.requests == []


def test_the_key_is_in_no_error_and_at_no_level_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.DEBUG):
        outcomes = [
            talk([answer]) for answer in (text("Fine."), error(401, "authentication_error"))
        ]

    told = caplog.text + "".join(repr(o.error and o.error.as_json()) for o in outcomes)
    assert outcomes[0].api.headers[0]["authorization"].endswith(KEY)
    assert KEY not in told
