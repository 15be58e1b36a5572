"""Operations that ask a model: their tokens and cost are on the deterministic node's row."""

from pathlib import Path

import pytest

from maestro.errors import InvalidScore
from runs.models import Mode, NodeStatus, RunStatus
from scores.models import Score
from tests.factories import make_score
from tests.far_ends.messages_api import Said, error, text
from tests.runs.agents import (
    PLAIN_COST,
    assert_rows_add_up,
    error_of,
    keyed_workspace,
    model,
    play_with,
    rows_of,
)
from tests.runs.stage import play_here
from tests.runs.worlds import start
from tests.scores.graphs import graph, step

pytestmark = pytest.mark.django_db(transaction=True)
EMMA = {"title": "Emma"}


@pytest.fixture
def reviewing(packages: Path) -> Score:
    retry = {"attempts": 2, "backoff_seconds": 0}
    node = step("think", skill="books", operation="review", retry=retry)
    return make_score(keyed_workspace(), graph(node))


def test_what_it_spends_is_on_the_nodes_row(reviewing: Score) -> None:
    run = play_with([text({"review": "Witty."})], reviewing, EMMA)

    assert run.output == {"review": "Witty."}
    (row,) = rows_of(run)
    assert (row.operation, row.model) == ("books.review", "claude-sonnet-5-5")
    assert (row.tokens_input, row.tokens_output) == (100, 20)
    assert row.cost_microdollars == PLAIN_COST
    assert_rows_add_up(run)
    request = run.requests[0]  # type: ignore[attr-defined]
    assert request["messages"] == [{"role": "user", "content": '{"title": "Emma"}'}]


def test_failed_attempts_count_as_well(reviewing: Score) -> None:
    run = play_with([Said(broken=True), error(529, "overloaded_error")], reviewing, EMMA)

    assert error_of(run)["code"] == "unavailable"
    rows = rows_of(run)
    assert [(row.attempt, row.status, row.cost_microdollars) for row in rows] == [
        (1, NodeStatus.FAILED, 210),
        (2, NodeStatus.FAILED, 0),
    ]
    assert_rows_add_up(run)


def test_a_rehearsal_shows_its_sample(reviewing: Score) -> None:
    with model([text("No.")]) as api:
        run = play_here(start(reviewing, EMMA, mode=Mode.REHEARSAL))

    assert (run.status, run.output, api.requests) == (RunStatus.SUCCEEDED, {"review": "Good."}, [])


def test_the_workspaces_model_must_have_a_price(reviewing: Score) -> None:
    reviewing.workspace.default_model = "claude-unheard-of"
    reviewing.workspace.save()

    with pytest.raises(InvalidScore, match=r"books\.review asks claude-unheard-of"):
        start(reviewing, EMMA)
