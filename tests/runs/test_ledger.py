"""An intent without a receipt: repeated under its key, looked up, or a person is asked."""

from pathlib import Path
from typing import Any

import pytest

from runs.actions import answer_cut_write
from runs.models import NodeStatus, Run, RunNode, RunStatus
from scores.models import Score
from tests.far_ends.messages_api import calls, text
from tests.runs.agents import agent_score, model, rows_of
from tests.runs.books_skill import LEDGER
from tests.runs.stage import play_and_die, play_here
from tests.runs.worlds import score, start, workspace
from tests.scores.graphs import graph, step

EMMA = {"title": "Emma"}
SENT: dict[str, Any] = {"node": "write", "iteration": "", "sent": True, "by": "ines"}
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def ledger(packages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the skill `books` really wrote, a line per effect."""
    path = tmp_path / "ledger"
    path.touch()
    monkeypatch.setenv(LEDGER, str(path))
    return path


def writing(operation: str, **fields: object) -> Score:
    return score(graph(step("write", skill="books", operation=operation, **fields)))


def effects(ledger: Path) -> list[str]:
    return ledger.read_text().splitlines()


def rows(run: Run) -> list[tuple[int, str, str | None]]:
    """(attempt, status, code of its note) of the write."""
    found = RunNode.objects.filter(run=run, node_key="write").order_by("attempt")
    return [(row.attempt, row.status, (row.error or {}).get("code")) for row in found]


def test_an_idempotent_write_is_repeated_under_its_key(ledger: Path, tmp_path: Path) -> None:
    run = play_and_die(start(writing("lend"), EMMA), "write.done", tmp_path)

    assert play_here(run).status == RunStatus.SUCCEEDED
    assert len(effects(ledger)) == 2 and len(set(effects(ledger))) == 1
    assert rows(run) == [(1, "succeeded", None)]


def test_a_write_that_is_found_by_its_look_up_is_not_repeated(ledger: Path, tmp_path: Path) -> None:
    run = play_and_die(start(writing("ship"), EMMA), "write.done", tmp_path)

    assert play_here(run).output == {"receipt": "found for Emma"}
    assert len(effects(ledger)) == 1
    assert rows(run) == [(1, "succeeded", "found_by_look_up")]


def test_a_write_that_its_look_up_denies_is_made_as_a_further_attempt(
    ledger: Path, tmp_path: Path
) -> None:
    run = play_and_die(start(writing("ship"), EMMA), "write.intended", tmp_path)

    assert play_here(run).output == {"receipt": "receipt for Emma"}
    assert len(effects(ledger)) == 1
    assert rows(run) == [(1, "cancelled", "not_done"), (2, "succeeded", None)]


def test_a_receipt_is_reused(ledger: Path, tmp_path: Path) -> None:
    told = {"params": {"title": "Posted", "message": "{receipt}"}}
    made = score(
        graph(
            step("write", skill="books", operation="post"),
            step("tell", skill="notify", operation="send_event", config=told),
            "write -> tell",
        )
    )
    run = play_and_die(start(made, EMMA), "local.before_commit", tmp_path)

    assert play_here(run).status == RunStatus.SUCCEEDED
    assert len(effects(ledger)) == 1
    assert workspace().notifications.get().message == "receipt for Emma"


@pytest.mark.parametrize(
    ("operation", "title", "why"),
    [
        ("post", "silence", "Look there"),
        ("ship", "burnt", "The record has burnt."),
        ("whisper", "Emma", "which proves nothing"),
    ],
)
def test_a_person_is_asked_where_nothing_else_can_tell(
    operation: str, title: str, why: str
) -> None:
    run = play_here(start(writing(operation), {"title": title}))

    assert (run.status, rows(run)) == (
        RunStatus.NEEDS_ATTENTION,
        [(1, "needs_attention", "cut_in_half")],
    )
    row = run.nodes.get()
    assert why in (row.error or {})["message"] and row.idempotency_key


def test_an_answer_that_was_lost_is_looked_up_at_once(ledger: Path) -> None:
    run = play_here(start(writing("ship"), {"title": "silence"}))

    assert run.output == {"receipt": "found for silence"}
    assert len(effects(ledger)) == 1


def test_what_was_lost_and_not_done_is_tried_again_as_the_policy_says(ledger: Path) -> None:
    retry = {"attempts": 2, "backoff_seconds": 0}

    run = play_here(start(writing("ship", retry=retry), {"title": "fog"}))

    assert run.output == {"receipt": "receipt for fog"}
    assert rows(run) == [(1, "failed", "unavailable"), (2, "succeeded", None)]


def test_a_look_up_that_is_too_early_is_waited_for() -> None:
    run = play_here(start(writing("fly"), EMMA))

    assert (run.status, run.waiting_for) == (RunStatus.WAITING, "retry")
    assert run.resume_at is not None
    assert rows(run) == [(1, "running", None)]


def test_other_arguments_under_the_same_key_are_a_persons_to_judge(
    ledger: Path, tmp_path: Path
) -> None:
    run = play_and_die(start(writing("lend"), EMMA), "write.done", tmp_path)
    Run.objects.filter(pk=run.pk).update(input={"title": "Ulysses"})

    run = play_here(run)

    assert rows(run) == [(1, "needs_attention", "other_arguments")]
    assert run.nodes.get().input == EMMA
    answer_cut_write(run, **{**SENT, "sent": False})
    assert play_here(run).output == {"receipt": "receipt for Ulysses"}
    assert len(effects(ledger)) == 2


class TestToolsOfAnLlmNode:
    @pytest.mark.parametrize("point", ["tool.intended", "tool.done"])
    def test_a_tool_cut_in_half_is_looked_up(
        self, ledger: Path, tmp_path: Path, point: str
    ) -> None:
        made = agent_score(allowed_tools=["books.ship"])
        with model([calls(("books__ship", EMMA))]):
            run = play_and_die(start(made), point, tmp_path)
        with model([calls(("books__ship", EMMA)), text("Shipped.")]):
            run = play_here(run)

        assert run.output == {"text": "Shipped."}
        assert len(effects(ledger)) == 1
        tools = [row for row in rows_of(run) if row.call]
        first = NodeStatus.SUCCEEDED if point == "tool.done" else NodeStatus.CANCELLED
        assert [tool.status for tool in tools] == [first, NodeStatus.SUCCEEDED]

    def test_an_answer_that_was_lost_is_looked_up_before_the_model_is_told(
        self, ledger: Path
    ) -> None:
        made = agent_score(allowed_tools=["books.ship"])
        with model([calls(("books__ship", {"title": "silence"})), text("Shipped.")]):
            run = play_here(start(made))

        assert run.output == {"text": "Shipped."}
        assert len(effects(ledger)) == 1
        assert rows_of(run)[1].output_json == {"receipt": "found for silence"}
