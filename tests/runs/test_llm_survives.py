"""A model call cut in half, by a kill or at a crash point: the run goes on, both calls are on rows."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from runs.actions import answer_cut_write, cancel_run
from runs.models import NodeStatus, Run, RunNode, RunStatus
from tests.far_ends.messages_api import MessagesAPI, Said, calls, speaking, text
from tests.runs.agents import (
    KEY,
    PLAIN_COST,
    agent_score,
    assert_rows_add_up,
    everything_said,
    rows_of,
)
from tests.runs.books_skill import LEDGER

from .clusters import RunningCluster, ended, wait_until
from .stage import play_and_die, play_here
from .worlds import start

LEND = ("books__lend", {"title": "Emma"})
POST = ("books__post", {"title": "Emma"})
HOURS = 3600.0


@pytest.fixture
def api() -> Iterator[MessagesAPI]:
    """The provider; a test writes its script before it starts a run."""
    with speaking([text("Fine.")]) as server:
        yield server


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    path = tmp_path / "ledger"
    path.touch()
    return path


@pytest.fixture
def cluster_environment(
    cluster_environment: dict[str, str], api: MessagesAPI, ledger: Path
) -> dict[str, str]:
    return {**cluster_environment, "ANTHROPIC_BASE_URL": api.url, LEDGER: str(ledger)}


@pytest.fixture
def here(
    transactional_db: None,
    packages: Path,
    api: MessagesAPI,
    ledger: Path,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Played in this process, which dies where a test says."""
    settings.ANTHROPIC_BASE_URL = api.url
    monkeypatch.setenv(LEDGER, str(ledger))


def thinks_then(*tools: tuple[str, dict[str, str]]) -> list[Said]:
    return [calls(*tools), text("Done.")]


def by_turn(body: dict[str, list[object]]) -> Said:
    """However often it begins: first the tool, then the answer."""
    return calls(LEND) if len(body["messages"]) == 1 else text("Done.")


def played(run: Run) -> list[tuple[int, int, str, int]]:
    return [(row.attempt, row.call, row.status, row.cost_microdollars) for row in rows_of(run)]


def keys(ledger: Path) -> list[str]:
    return [line.split("\t")[1] for line in ledger.read_text().splitlines()]


def test_a_run_with_an_agent_and_tools_ends_in_a_real_cluster(
    cluster: RunningCluster, api: MessagesAPI, ledger: Path
) -> None:
    api.script = thinks_then(LEND)

    run = ended(start(agent_score(allowed_tools=["books"])))

    assert (run.status, run.output) == (RunStatus.SUCCEEDED, {"text": "Done."}), run.error
    assert played(run) == [(1, 0, NodeStatus.SUCCEEDED, 2 * PLAIN_COST), (1, 1, "succeeded", 0)]
    assert len(keys(ledger)) == 1
    assert_rows_add_up(run)
    assert KEY not in everything_said(run)


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("crash", ["model.intended", "model.answered"])
def test_a_call_cut_in_half_is_made_again_and_both_are_on_rows(
    api: MessagesAPI, crash: str, tmp_path: Path
) -> None:
    run = play_here(play_and_die(start(agent_score()), crash, tmp_path))

    assert run.status == RunStatus.SUCCEEDED, run.error
    assert played(run) == [
        (1, 0, NodeStatus.CANCELLED, 0),
        (2, 0, NodeStatus.SUCCEEDED, PLAIN_COST),
    ]
    cut = rows_of(run)[0]
    assert cut.model and cut.agent_id
    assert (cut.error or {})["code"] == "cut_in_half"
    assert "may have been paid for" in (cut.error or {})["message"]
    assert len(api.requests) == (1 if crash == "model.intended" else 2)
    assert_rows_add_up(run)


def test_what_earlier_turns_cost_survives_the_kill_and_their_writes_are_not_repeated(
    cluster: RunningCluster, api: MessagesAPI, ledger: Path
) -> None:
    api.script = [calls(LEND), Said(delay=HOURS)]
    run = start(agent_score(allowed_tools=["books"]))
    wait_until(lambda: len(api.requests) == 2)

    api.script = by_turn
    cluster.kill_players()

    assert ended(run).output == {"text": "Done."}
    assert played(run) == [
        (1, 0, NodeStatus.CANCELLED, PLAIN_COST),
        (1, 1, NodeStatus.SUCCEEDED, 0),
        (2, 0, NodeStatus.SUCCEEDED, 2 * PLAIN_COST),
        (2, 1, NodeStatus.SUCCEEDED, 0),
    ]
    assert len(keys(ledger)) == 1
    assert_rows_add_up(run)


@pytest.mark.usefixtures("here")
def test_a_write_cut_in_half_is_repeated_under_its_key(
    api: MessagesAPI, ledger: Path, tmp_path: Path
) -> None:
    api.script = by_turn
    started = start(agent_score(allowed_tools=["books"]))

    run = play_here(play_and_die(started, "tool.done", tmp_path))

    assert run.output == {"text": "Done."}
    assert played(run) == [
        (1, 0, NodeStatus.CANCELLED, PLAIN_COST),
        (1, 1, NodeStatus.CANCELLED, 0),
        (2, 0, NodeStatus.SUCCEEDED, 2 * PLAIN_COST),
        (2, 1, NodeStatus.SUCCEEDED, 0),
    ]
    assert len(keys(ledger)) == 2 and len(set(keys(ledger))) == 1
    assert_rows_add_up(run)


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(("sent", "effects"), [(True, 1), (False, 2)])
def test_a_mail_cut_in_half_waits_for_a_person_and_goes_on_by_either_answer(
    api: MessagesAPI, ledger: Path, tmp_path: Path, sent: bool, effects: int
) -> None:
    api.script = thinks_then(POST)
    started = start(agent_score(allowed_tools=["books"]))
    run = play_here(play_and_die(started, "tool.done", tmp_path))

    assert run.status == RunStatus.NEEDS_ATTENTION
    assert played(run) == [
        (1, 0, NodeStatus.NEEDS_ATTENTION, PLAIN_COST),
        (1, 1, NodeStatus.NEEDS_ATTENTION, 0),
    ]
    assert len(api.requests) == 1

    api.script = [calls(POST), calls(POST), text("Done.")]
    answer_cut_write(run, node="think", iteration="", sent=sent, by="ines")

    assert play_here(run).output == {"text": "Done."}
    assert len(keys(ledger)) == effects
    tool = RunNode.objects.get(run=run, attempt=2, call=1)
    expected = {"confirmed_by_a_person": True} if sent else {"receipt": "receipt for Emma"}
    assert tool.output_json == expected
    assert_rows_add_up(run)


def test_a_cancelled_run_says_what_was_spent_by_then(
    cluster: RunningCluster, api: MessagesAPI
) -> None:
    api.script = [Said(hang=HOURS)]
    run = start(agent_score())
    wait_until(lambda: len(api.requests) == 1)

    cancel_run(run, by="ines")

    assert ended(run).status == RunStatus.CANCELLED
    (row,) = rows_of(run)
    assert (row.status, (row.error or {})["code"]) == (NodeStatus.CANCELLED, "cut_off")
    assert_rows_add_up(run)
