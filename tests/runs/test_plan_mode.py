"""What a plan lets happen: reads and models; and what it holds back, wherever it is asked for."""

import asyncio
from pathlib import Path
from typing import Any, cast

import pytest

from agents.skills import registry
from agents.skills.context import Context
from agents.skills.pipeline.models import Contact
from maestro.errors import InvalidScore
from runs.models import Mode, Run, RunStatus
from scores.document import GraphDocument
from tests.far_ends.messages_api import calls, text
from tests.runs.agents import PLAIN_COST, agent_score, play_with, rows_of
from tests.runs.books_skill import LEDGER
from tests.runs.stage import play_here
from tests.runs.worlds import pipeline, score, start
from tests.scores.graphs import add, find, graph, step

pytestmark = pytest.mark.django_db(transaction=True)

EMMA = {"params": {"title": "Emma"}}
CONTEXT = [
    "run_id",
    "node_key",
    "iteration",
    "workspace_id",
    "idempotency_key",
    "run_url",
    "secret",
    "http",
]


@pytest.fixture(autouse=True)
def ledger(packages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the skill `books` really wrote, a line per effect."""
    path = tmp_path / "ledger"
    path.touch()
    monkeypatch.setenv(LEDGER, str(path))
    return path


def planned(document: GraphDocument, input: dict[str, Any]) -> Run:
    return play_here(start(score(document), input, mode=Mode.PLAN))


@pytest.mark.parametrize("operation", ["lend", "post"])
def test_the_dispatcher_itself_makes_no_write_in_a_plan(operation: str, ledger: Path) -> None:
    context = Context(**dict.fromkeys(CONTEXT, cast(Any, "x")), mode="plan")
    found = registry.find("books", operation)

    outcome = asyncio.run(registry.call(found, {"title": "Emma"}, context))

    assert outcome == ("success", {"receipt": "r"})
    assert ledger.read_text() == ""


def test_a_write_is_planned_with_its_arguments_and_what_follows_gets_its_sample(
    ledger: Path,
) -> None:
    run = planned(
        graph(
            step("look", skill="books", operation="look_up"),
            step("lend", skill="books", operation="lend", config=EMMA),
            step("after", config={"params": {"fields": ["pages", "receipt"]}}),
            *("look -> lend", "look -> after", "lend -> after"),
        ),
        {"title": "Emma"},
    )

    assert (run.status, run.output) == (RunStatus.SUCCEEDED, {"pages": 4, "receipt": "r"})
    row = run.nodes.get(node_key="lend")
    assert (row.error or {})["code"] == "planned"
    assert row.idempotency_key is None
    assert ledger.read_text() == ""


def test_our_own_tables_are_not_written_and_a_read_behind_goes_by_its_sample() -> None:
    pipeline()
    known = {"port": "exists", "output": {"contact_id": "ct_sample"}}
    params = {"params": {"pipeline": "outreach"}}
    document = graph(
        find("before", config=params | {"sample": known}),
        add("add", config=params),
        find("behind", config=params | {"sample": known}),
        *("before.not_found -> add", "add -> behind"),
    )

    run = planned(document, {"email": "ada@example.com"})

    assert not Contact.objects.exists()
    said = {row.node_key: (row.port, (row.error or {}).get("code")) for row in run.nodes.all()}
    assert said == {
        "before": ("not_found", None),
        "add": ("success", "planned"),
        "behind": ("exists", "answered_by_sample"),
    }


def test_what_live_would_refuse_a_plan_refuses() -> None:
    run = planned(graph(step("lend", skill="books", operation="lend")), {"name": "no title"})

    assert (run.status, (run.error or {})["code"]) == (RunStatus.FAILED, "invalid_node_input")


def test_a_model_is_asked_but_its_tools_that_write_do_not(ledger: Path) -> None:
    asking = calls(("books__look_up", {"title": "Emma"}), ("books__lend", {"title": "Emma"}))
    made = agent_score(allowed_tools=["books.look_up", "books.lend"])

    run = play_with([asking, text("Lent.")], made, mode=Mode.PLAN)

    node, read, lent = rows_of(run)
    assert (read.output_json, read.error) == ({"pages": 4}, None)
    assert (lent.input, lent.output_json) == ({"title": "Emma"}, {"receipt": "r"})
    assert (lent.error or {})["code"] == "planned"
    assert node.cost_microdollars == run.cost_microdollars == 2 * PLAIN_COST
    assert ledger.read_text() == ""


def test_a_model_without_a_price_is_refused_because_a_plan_pays(ledger: Path) -> None:
    made = agent_score(model="made-up-model")

    with pytest.raises(InvalidScore, match="no price"):
        start(made, mode=Mode.PLAN)
