"""Tools inside an LLM node: each call on a row of its own, writes once per key."""

from pathlib import Path

import pytest

from agents.skills.pipeline.models import Contact
from runs.actions import answer_cut_write
from runs.models import NodeStatus, RunStatus
from tests.far_ends.messages_api import Said, calls, error, text
from tests.runs.agents import (
    PLAIN_COST,
    agent_score,
    assert_rows_add_up,
    error_of,
    everything_said,
    model,
    play_with,
    rows_of,
)
from tests.runs.books_skill import LEDGER
from tests.runs.stage import play_here
from tests.runs.worlds import pipeline

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def ledger(packages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the skill `books` really wrote, a line per effect."""
    path = tmp_path / "ledger"
    path.touch()
    monkeypatch.setenv(LEDGER, str(path))
    return path


def lines(ledger: Path) -> list[list[str]]:
    return [line.split("\t") for line in ledger.read_text().splitlines()]


def told(request: dict[str, object]) -> list[dict[str, object]]:
    """The tool results at a request's end."""
    content = request["messages"][-1]["content"]  # type: ignore[index]
    assert isinstance(content, list)
    return content


def test_each_call_is_a_row_with_what_went_in_and_out() -> None:
    asking = calls(("books__look_up", {"title": "Emma"}), ("books__look_up", {"title": "Ulysses"}))
    score = agent_score(allowed_tools=["books.look_up"])

    run = play_with([asking, text("Seven.")], score)

    assert run.output == {"text": "Seven."}
    node, first, second = rows_of(run)
    assert (first.call, first.operation, first.effect) == (1, "books.look_up", "read")
    assert (first.input, first.port, first.output_json) == (
        {"title": "Emma"},
        "success",
        {"pages": 4},
    )
    assert (second.call, second.output_json) == (2, {"pages": 7})
    assert (node.call, node.cost_microdollars) == (0, 2 * PLAIN_COST)
    assert_rows_add_up(run)


def test_a_skills_name_offers_all_its_operations_and_nothing_else_is_offered() -> None:
    score = agent_score(allowed_tools=["books", "data.pick", "books.look_up"])

    run = play_with([text("Fine.")], score)

    offered = [tool["name"] for tool in run.requests[0]["tools"]]  # type: ignore[attr-defined]
    assert sorted(offered) == [
        "books__fly",
        "books__lend",
        "books__look_up",
        "books__post",
        "books__review",
        "books__ship",
        "books__whisper",
        "data__pick",
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "part"),
    [
        ({}, "invalid_node_input", "title"),
        ({"title": 7}, "invalid_node_input", "title"),
        ({"title": "a\x00b"}, "invalid_node_input", "JSON object"),
        (["Emma"], "invalid_node_input", "JSON object"),
        ({"title": "away"}, "unavailable", "The library is closed."),
        ({"title": "crash"}, "operation_broke", "KeyError"),
    ],
)
def test_what_goes_wrong_in_a_tool_is_told_to_the_model_and_on_its_row(
    arguments: dict[str, object], code: str, part: str
) -> None:
    score = agent_score(allowed_tools=["books"])

    run = play_with([calls(("books__look_up", arguments)), text("Never mind.")], score)

    assert run.status == RunStatus.SUCCEEDED, run.error
    _, tool = rows_of(run)
    assert (tool.status, (tool.error or {})["code"]) == (NodeStatus.FAILED, code)
    (result,) = told(run.requests[1])  # type: ignore[attr-defined]
    assert result["is_error"] and code in str(result["content"]) and part in str(result["content"])
    assert "canary-secret" not in everything_said(run) + str(result)


def test_a_write_happens_once_per_key_however_often_it_is_asked_for(ledger: Path) -> None:
    lend = calls(("books__lend", {"title": "Emma"}), ("books__lend", {"title": "Emma"}))
    script = [lend, calls(("books__lend", {"title": "Emma"})), text("Lent.")]

    run = play_with(script, agent_score(allowed_tools=["books.lend"]))

    assert len(lines(ledger)) == 1
    _, *tools = rows_of(run)
    assert [tool.status for tool in tools] == [NodeStatus.SUCCEEDED] * 3
    assert {tool.idempotency_key for tool in tools} == {lines(ledger)[0][1]}
    assert [(tool.error or {}).get("code") for tool in tools] == [
        None,
        "answered_from_receipt",
        "answered_from_receipt",
    ]


def test_other_arguments_are_another_write(ledger: Path) -> None:
    lend = calls(("books__lend", {"title": "Emma"}), ("books__lend", {"title": "Ulysses"}))

    play_with([lend, text("Lent.")], agent_score(allowed_tools=["books.lend"]))

    assert [title for title, _ in lines(ledger)] == ["Emma", "Ulysses"]
    assert len({key for _, key in lines(ledger)}) == 2


def test_the_next_attempt_is_answered_from_the_receipts_of_the_one_before(ledger: Path) -> None:
    score = agent_score(allowed_tools=["books"], retry={"attempts": 2, "backoff_seconds": 0})
    post = calls(("books__post", {"title": "Emma"}))

    run = play_with([post, error(529, "overloaded_error"), post, text("Sent.")], score)

    assert run.output == {"text": "Sent."}
    assert len(lines(ledger)) == 1
    assert [(row.attempt, row.call, row.status) for row in rows_of(run)] == [
        (1, 0, NodeStatus.FAILED),
        (1, 1, NodeStatus.SUCCEEDED),
        (2, 0, NodeStatus.SUCCEEDED),
        (2, 1, NodeStatus.SUCCEEDED),
    ]
    assert_rows_add_up(run)


def test_a_mail_worded_anew_after_a_new_beginning_is_not_sent_a_second_time(ledger: Path) -> None:
    score = agent_score(allowed_tools=["books"], retry={"attempts": 2, "backoff_seconds": 0})
    script = [
        calls(("books__post", {"title": "Emma"})),
        error(529, "overloaded_error"),
        calls(("books__post", {"title": "Emma!"})),
        calls(("books__post", {"title": "Emma"})),
        calls(("books__post", {"title": "Ulysses"})),
        text("Sent."),
    ]

    run = play_with(script, score)

    assert [title for title, _ in lines(ledger)] == ["Emma", "Ulysses"]
    (refused,) = told(run.requests[3])  # type: ignore[attr-defined]
    assert "done_before" in str(refused["content"]) and '"Emma"' in str(refused["content"])


def test_a_local_tool_writes_its_row_and_its_record_together() -> None:
    pipeline()
    person = {"pipeline": "outreach", "email": "ada@example.com", "name": "Ada"}
    adding = calls(("pipeline__add_contact", person), ("pipeline__add_contact", person))

    run = play_with([adding, text("Added.")], agent_score(allowed_tools=["pipeline"]))

    assert Contact.objects.count() == 1
    _, first, second = rows_of(run)
    assert (first.status, first.port) == (NodeStatus.SUCCEEDED, "success")
    assert first.output_json == second.output_json
    assert (second.error or {})["code"] == "answered_from_receipt"


def test_a_tool_that_nobody_can_say_the_end_of_waits_for_a_person(ledger: Path) -> None:
    score = agent_score(allowed_tools=["books"])
    post = calls(("books__post", {"title": "silence"}))

    run = play_with([post, text("Sent.")], score)

    assert (run.status, run.waiting_for) == (RunStatus.NEEDS_ATTENTION, "answer")
    node, tool = rows_of(run)
    assert (node.status, tool.status) == (NodeStatus.NEEDS_ATTENTION,) * 2
    assert "books.post may have happened" in (node.error or {})["message"]
    assert node.cost_microdollars == PLAIN_COST
    assert_rows_add_up(run)

    answer_cut_write(run, node="think", iteration="", sent=True, by="ines")
    with model([post, text("Sent.")]):
        play_here(run)

    assert run.output == {"text": "Sent."}
    assert len(lines(ledger)) == 1
    assert_rows_add_up(run)


def test_it_was_not_sent_lets_it_be_sent_again(ledger: Path) -> None:
    score = agent_score(allowed_tools=["books"])
    run = play_with([calls(("books__post", {"title": "silence"})), text("Sent.")], score)

    answer_cut_write(run, node="think", iteration="", sent=False, by="ines")
    with model([calls(("books__post", {"title": "aloud"})), text("Sent.")]):
        play_here(run)

    assert run.output == {"text": "Sent."}
    assert [title for title, _ in lines(ledger)] == ["silence", "aloud"]


def test_a_tool_without_its_secret_fails_the_node(packages: Path) -> None:
    score = agent_score(allowed_tools=["apollo"])
    find = calls(("apollo__find_leads", {"titles": ["CTO"]}))

    run = play_with([find, text("None.")], score)

    assert error_of(run)["code"] == "missing_secret"
    assert "apollo_api_key" in error_of(run)["message"]
    assert run.cost_microdollars == PLAIN_COST


def test_a_tool_that_asks_a_model_has_its_cost_on_its_own_row() -> None:
    def script(body: dict[str, object]) -> Said:
        if "Review" in str(body["system"]):
            return text({"review": "Witty."})
        return text("Read it.") if len(body["messages"]) > 1 else calls(  # type: ignore[arg-type]
            ("books__review", {"title": "Emma"})
        )  # fmt: skip

    run = play_with(script, agent_score(allowed_tools=["books"]))

    node, tool = rows_of(run)
    assert (tool.output_json, tool.cost_microdollars) == ({"review": "Witty."}, PLAIN_COST)
    assert (tool.model, node.cost_microdollars) == ("claude-sonnet-5-5", 2 * PLAIN_COST)
    assert_rows_add_up(run)
