"""A map that stops at an error fails as any node does: the run, or by what the graph says of it."""

import pytest

from runs.models import NodeStatus, RunStatus
from scores.document import NodeDocument
from tests.scores.graphs import graph, map_over, step

from .stage import play_here
from .worlds import score, start

pytestmark = pytest.mark.django_db(transaction=True)

BAD = step("bad", config={"params": {"fields": 1}})
ITEMS = {"items": [{"n": 1}, {"n": 2}]}


def stopping(**fields: object) -> NodeDocument:
    made = map_over("each", "bad", on_error="stop", concurrency=1)
    return made.model_copy(update=fields)


def test_it_fails_the_run_with_the_error_of_the_item() -> None:
    run = play_here(start(score(graph(stopping(), BAD, "each.item -> bad")), ITEMS))

    assert (run.status, (run.error or {})["node"]) == (RunStatus.FAILED, "bad")
    assert run.nodes.filter(node_key="bad").count() == 1


def test_its_on_error_port_takes_the_error() -> None:
    mend = step("mend", config={"params": {"fields": ["error"]}})
    made = score(graph(stopping(), BAD, mend, "each.item -> bad", "each.on_error -> mend"))

    run = play_here(start(made, ITEMS))

    assert run.status == RunStatus.SUCCEEDED, run.error
    assert "bad failed in an item" in (run.output or {})["error"]["message"]
    row = run.nodes.get(node_key="each")
    assert (row.status, row.port) == (NodeStatus.FAILED, "on_error")


def test_the_run_goes_on_where_the_map_says_continue() -> None:
    made = score(graph(stopping(on_error="continue"), BAD, "each.item -> bad"))

    run = play_here(start(made, ITEMS))

    assert (run.status, run.errors) == (RunStatus.SUCCEEDED, 1)
