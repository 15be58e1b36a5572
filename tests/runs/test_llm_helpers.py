"""Agents as tools of an LLM node: what they are told, what they cost, how far they go."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agents.actions import delete_agent, save_agent
from agents.models import Agent, ModelPrice
from maestro.errors import InUse, InvalidScore
from runs.models import NodeStatus, Run, RunStatus
from scores.actions import read_graph
from scores.models import Score
from scores.slots import needed_slots
from tests.factories import make_agent
from tests.far_ends.messages_api import JSON, Said, calls, error, text
from tests.runs.agents import (
    PLAIN_COST,
    agent_score,
    assert_rows_add_up,
    error_of,
    keyed_workspace,
    play_with,
    rows_of,
)
from tests.runs.books_skill import LEDGER
from tests.runs.worlds import start

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("packages")]
HAIKU = "claude-haiku-5-5"
ASK = calls(("agent__helper", {"input": "How long is Emma?"}))
HELP = "You count pages."


def helped(helper: JSON | None = None, **lead: Any) -> Score:
    """Its node may ask a helper, which knows the books."""
    said = {"system_prompt": HELP, "allowed_tools": ["books"], **(helper or {})}
    make_agent(keyed_workspace(), name="Helper", slug="helper", **said)
    return agent_score(**{"allowed_tools": ["agent:helper"], **lead})


def by_asker(lead: list[Said], helper: list[Said]) -> Callable[[JSON], Said]:
    """Each agent says its own lines, one after the other, the last one again and again."""
    left = {HELP: list(helper), "": list(lead)}

    def said(body: JSON) -> Said:
        lines = left[HELP if body["system"][0]["text"] == HELP else ""]
        return lines.pop(0) if len(lines) > 1 else lines[0]

    return said


def test_a_helper_sees_what_it_is_told_and_nothing_else() -> None:
    look = calls(("books__look_up", {"title": "Emma"}))
    script = by_asker([ASK, text("Four pages.")], [look, text("4")])

    run = play_with(script, helped(), {"secret_of_the_node": "canary-input"})

    assert run.output == {"text": "Four pages."}, run.error
    mine, its, _, last = run.requests  # type: ignore[attr-defined]
    assert [tool["name"] for tool in mine["tools"]] == ["agent__helper"]
    assert its["messages"] == [{"role": "user", "content": '{"input": "How long is Emma?"}'}]
    assert "canary-input" not in str(its) and its["system"][0]["text"] == HELP
    assert '"text": "4"' in str(last["messages"][-1])
    node, helper, tool = rows_of(run)
    assert (helper.call, helper.operation, helper.status) == (1, "agent:helper", "succeeded")
    assert helper.agent_id == Agent.objects.get(slug="helper").pk and helper.agent_version == 1
    assert (helper.input, helper.output_json) == (
        {"input": "How long is Emma?"},
        {"text": "4"},
    )
    assert (tool.call, tool.operation) == (2, "books.look_up")
    assert (node.cost_microdollars, helper.cost_microdollars) == (2 * PLAIN_COST, 2 * PLAIN_COST)
    assert_rows_add_up(run)


def test_its_versions_model_and_price_are_pinned_when_the_run_starts() -> None:
    score = helped({"model": HAIKU})
    run = start(score)
    save_agent(Agent.objects.get(slug="helper"), {"system_prompt": "Changed."}, author="ada")

    with pytest.raises(InUse):
        delete_agent(Agent.objects.get(slug="helper"), author="ada")
    pinned = run.pins["agents"]["think"]["agents"]["helper"]
    assert (pinned["version"], pinned["model"]) == (1, HAIKU)
    ModelPrice.objects.filter(model=HAIKU).delete()
    with pytest.raises(InvalidScore, match=HAIKU):
        start(score)


def test_what_it_spends_counts_for_whoever_called_it() -> None:
    script = by_asker([ASK], [text("4")])
    score = helped(parameters={"max_cost_microdollars": 3 * PLAIN_COST})

    run = play_with(script, score)

    assert error_of(run)["code"] == "limit_reached"
    assert len(run.requests) in (3, 4)  # type: ignore[attr-defined]
    assert run.cost_microdollars == len(run.requests) * PLAIN_COST  # type: ignore[attr-defined]
    assert_rows_add_up(run)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (error(400, "invalid_request_error"), "request_refused"),
        (Said(stop="refusal"), "model_refused"),
        (calls(("gmail__send_email", {})), "tool_not_allowed"),
    ],
)
def test_what_goes_wrong_in_it_is_told_to_its_caller(said: Said, code: str) -> None:
    run = play_with(by_asker([ASK, text("Never mind.")], [said]), helped())

    assert run.output == {"text": "Never mind."}
    _, helper = rows_of(run)
    assert (helper.status, (helper.error or {})["code"]) == (NodeStatus.FAILED, code)
    assert code in str(run.requests[-1]["messages"][-1])  # type: ignore[attr-defined]


def test_a_write_happens_once_however_many_of_them_ask_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = tmp_path / "ledger"
    ledger.touch()
    monkeypatch.setenv(LEDGER, str(ledger))
    lend = calls(("books__lend", {"title": "Emma"}))
    score = helped(allowed_tools=["agent:helper", "books.lend"])

    run = play_with(by_asker([lend, ASK, text("Lent.")], [lend, text("Done.")]), score)

    assert run.output == {"text": "Lent."}, run.error
    assert len(ledger.read_text().splitlines()) == 1


def test_a_spent_budget_inside_a_helper_pauses_the_run() -> None:
    score = helped()
    home = score.workspace
    home.monthly_budget_microdollars = PLAIN_COST
    home.save()

    run = play_with(by_asker([ASK], [text("4")]), score)

    assert (run.status, run.waiting_for) == (RunStatus.WAITING, "budget")
    assert_rows_add_up(run)


def test_the_secrets_of_its_tools_are_needed() -> None:
    score = helped({"allowed_tools": ["apollo"]})
    assert "apollo_api_key" in needed_slots(read_graph(score))


def test_a_rehearsal_asks_nobody() -> None:
    run: Run = play_with([text("no")], helped(), mode="rehearsal")
    assert run.status == RunStatus.SUCCEEDED
    assert run.requests == []  # type: ignore[attr-defined]
