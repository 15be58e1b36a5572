"""What a session sends, takes as an answer, and does with tools."""

import json

import pytest
from pytest_django import Settings

from agents.llm.exchange import Tool, ToolAnswer, ToolCall
from agents.llm.tokens import Tokens
from tests.far_ends.messages_api import calls, text

from .talking import KEY, LOOK, MODEL, VERDICT, talk


def test_the_model_is_told_the_prompt_and_the_input_and_nothing_else() -> None:
    told = talk([text("Fine.")], {"lead": "Zoë"})

    (sent,) = told.api.requests
    assert sent["messages"] == [{"role": "user", "content": '{"lead": "Zoë"}'}]
    assert sent["system"] == [{"type": "text", "text": "Judge."}]
    assert (sent["model"], sent["max_tokens"]) == (MODEL, 16_000)
    assert not {"temperature", "top_p", "tools", "tool_choice", "output_config"} & sent.keys()
    assert told.api.headers[0]["authorization"] == f"Bearer {KEY}"


def test_without_a_schema_the_output_is_its_text() -> None:
    assert talk([text("Fine.")]).output == {"text": "Fine."}


def test_parameters_reach_the_request() -> None:
    told = talk([text("Fine.")], parameters={"max_tokens": 99, "effort": "low", "cache": "1h"})

    (sent,) = told.api.requests
    assert sent["max_tokens"] == 99
    assert sent["output_config"] == {"effort": "low"}
    assert sent["system"][0]["cache_control"] == {"type": "ephemeral", "ttl": "1h"}


def test_thinking_is_asked_for_as_the_agent_says() -> None:
    told = talk([text("Fine.")], parameters={"thinking": "between_tools"})

    assert told.api.requests[0]["thinking"] == {"type": "between_tools"}


def test_the_model_is_held_to_what_a_tool_takes_where_that_can_be_said() -> None:
    count = {"type": "integer", "minimum": 1}
    strict = Tool("a.b", "B.", {"type": "object", "properties": {"n": count}, "required": ["n"]})
    told = talk([text("Fine.")], tools=(strict, LOOK))

    first, second = told.api.requests[0]["tools"]
    assert first["strict"] is True
    assert first["input_schema"]["additionalProperties"] is False
    assert first["input_schema"]["properties"]["n"] == {
        "type": "integer",
        "description": "{minimum: 1}",
    }
    assert "strict" not in second and second["input_schema"] == LOOK.input_schema


def test_a_cached_session_lets_each_turn_read_the_ones_before_it() -> None:
    ask = calls(("books__look_up", {}))
    told = talk([ask, ask, text("Two.")], tools=(LOOK,), parameters={"cache": "5m"})

    kept = {"type": "ephemeral", "ttl": "5m"}
    *_, last = told.api.requests
    _, _, first_results, _, second_results = last["messages"]
    assert "cache_control" not in first_results["content"][-1]
    assert second_results["content"][-1]["cache_control"] == kept
    assert last["system"][0]["cache_control"] == kept


def test_the_answer_is_held_to_the_schema() -> None:
    told = talk([text({"good": True, "why": None})], output_schema=VERDICT)

    assert told.output == {"good": True, "why": None}
    assert told.api.requests[0]["output_config"]["format"] == {
        "type": "json_schema",
        "schema": {
            "type": "object",
            "properties": {
                "good": {"type": "boolean"},
                "why": {"anyOf": [{"type": "string"}, {"type": "null"}]},
            },
            "required": ["good"],
            "additionalProperties": False,
        },
    }


def test_a_schema_that_cannot_be_enforced_is_told_in_words_and_checked_all_the_same() -> None:
    schema = {"type": "object", "properties": {"by_name": {"type": "object"}}}
    told = talk([text({"by_name": {"a": 1}})], output_schema=schema)

    (sent,) = told.api.requests
    assert "output_config" not in sent
    assert json.dumps(schema) in sent["system"][0]["text"]
    assert told.output == {"by_name": {"a": 1}}


def test_thinking_before_the_answer_is_no_part_of_it() -> None:
    said = text("Fine.")
    thought = {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"}
    said.content.insert(0, thought)

    assert talk([said]).output == {"text": "Fine."}


@pytest.mark.parametrize(
    "first", ["Sure, it is good!", '{"good": "yes"}', "", "[1]", '{"good": NaN}']
)
def test_an_answer_that_misses_the_schema_is_asked_for_once_more(first: str) -> None:
    told = talk([text(first), text({"good": False})], output_schema=VERDICT)

    assert told.output == {"good": False}
    _, second = told.api.requests
    assert second["messages"][-1]["role"] == "user"
    assert "Answer again" in second["messages"][-1]["content"]
    assert told.spent == [Tokens(100, 20)] * 2


def test_the_repair_turn_names_the_place_at_fault() -> None:
    told = talk([text({"good": "yes"}), text({"good": True})], output_schema=VERDICT)

    assert "good: 'yes' is not of type 'boolean'" in told.api.requests[1]["messages"][-1]["content"]


@pytest.mark.parametrize("answer", ["Sure!", '{"good": "yes"}', ""])
def test_an_answer_that_misses_it_twice_fails_and_both_count(answer: str) -> None:
    told = talk([text(answer)], output_schema=VERDICT)

    assert told.code == "answer_misfit"
    assert "output schema" in str(told.error)
    assert told.spent == [Tokens(100, 20)] * 2


def test_json_in_a_markdown_fence_is_taken() -> None:
    said = text('```json\n{"good": true}\n```')

    assert talk([said], output_schema=VERDICT).output == {"good": True}


def test_tools_are_offered_called_and_answered_until_the_answer() -> None:
    thought = {"type": "thinking", "thinking": "Look.", "signature": "c2ln"}
    asking = calls(("books__look_up", {"q": "a"}), ("books__look_up", {"q": "b"}))
    asking.content.insert(0, thought)
    told = talk([asking, text("Two.")], tools=(LOOK,))

    assert told.output == {"text": "Two."}
    assert [(c.name, c.arguments) for c in told.called] == [
        ("books.look_up", {"q": "a"}),
        ("books.look_up", {"q": "b"}),
    ]
    first, second = told.api.requests
    assert first["tools"] == [
        {
            "name": "books__look_up",
            "description": "Look it up.",
            "input_schema": LOOK.input_schema,
        }
    ]
    _, asked, results = second["messages"]
    assert asked["content"] == asking.content
    assert [r["tool_use_id"] for r in results["content"]] == ["toolu_0", "toolu_1"]
    assert results["content"][0]["content"] == '{"found": {"q": "a"}}'
    assert told.turns == [1, 2]


def test_a_tools_error_is_told_to_the_model_as_one() -> None:
    async def refuse(call: ToolCall) -> ToolAnswer:
        return ToolAnswer("invalid_node_input: q is missing", is_error=True)

    told = talk([calls(("books__look_up", {})), text("Never mind.")], tools=(LOOK,), use=refuse)

    (result,) = told.api.requests[1]["messages"][-1]["content"]
    assert result["is_error"] is True
    assert told.output == {"text": "Never mind."}


def test_a_large_result_is_cut_and_says_so(settings: Settings) -> None:
    settings.MAX_TOOL_RESULT_BYTES = 10

    async def long(call: ToolCall) -> ToolAnswer:
        return ToolAnswer("ä" * 100)

    told = talk([calls(("books__look_up", {})), text("Long.")], tools=(LOOK,), use=long)

    (result,) = told.api.requests[1]["messages"][-1]["content"]
    assert result["content"].startswith("äääää\n[cut here: the whole result has 200 bytes")


def test_tools_without_end_end_at_max_turns() -> None:
    told = talk([calls(("books__look_up", {}))], tools=(LOOK,), parameters={"max_turns": 3})

    assert told.code == "turns_spent"
    assert told.spent == [Tokens(100, 20)] * 3


@pytest.mark.parametrize("tools", [(), (LOOK,)])
def test_a_tool_that_is_not_allowed_is_not_called(tools: tuple[Tool, ...]) -> None:
    both = calls(("books__look_up", {}), ("gmail__send_email", {"to": "x"}))
    told = talk([both], tools=tools)

    assert told.code == "tool_not_allowed"
    assert told.called == []
    assert told.spent == [Tokens(100, 20)]


def test_a_stop_tool_ends_the_session_with_what_it_gave() -> None:
    told = talk(
        [calls(("books__look_up", {"q": "a"}))], tools=(LOOK,), stop_tools=frozenset({LOOK.name})
    )

    assert told.output == {"found": {"q": "a"}}
    assert told.answer is not None and told.answer.stopped_by is not None
    assert told.answer.stopped_by.name == LOOK.name


def test_a_paused_turn_is_sent_back_to_go_on() -> None:
    told = talk([text("I was", stop="pause_turn"), text("Done.")])

    assert told.output == {"text": "Done."}
    assert told.api.requests[1]["messages"][-1]["role"] == "assistant"


def test_tokens_are_told_by_price_per_call() -> None:
    usage = {
        "input_tokens": 7,
        "output_tokens": 11,
        "cache_read_input_tokens": 13,
        "cache_creation_input_tokens": 30,
        "cache_creation": {"ephemeral_5m_input_tokens": 17, "ephemeral_1h_input_tokens": 13},
    }

    expected = [Tokens(7, 11, cache_read=13, cache_write_5m=17, cache_write_1h=13)]
    assert talk([text("Fine.", usage=usage)]).spent == expected
    assert talk([text("Fine.", usage=usage, streams=False)]).spent == expected


def test_a_stand_in_that_does_not_stream_is_understood() -> None:
    told = talk(
        [calls(("books__look_up", {"q": 1}), streams=False), text("Ok.", streams=False)],
        tools=(LOOK,),
    )

    assert told.output == {"text": "Ok."}
