"""A gate behind a repaired join asks about what is new; what a person decided before still counts."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from runs.actions import ItemDecision, decide_gate, repair
from runs.models import NodeStatus, Run, RunStatus
from runs.nodes.earlier import Earlier
from runs.reuse.decisions import carried_over
from scores.document import NodeDocument
from scores.models import Score
from tests.scores.graphs import edge, graph, map_over, step

from .stage import play_here
from .worlds import score, start

pytestmark = pytest.mark.django_db(transaction=True)

JSON = dict[str, Any]


def gate(**config: object) -> NodeDocument:
    config = {"items_field": "results"} | config
    return NodeDocument(key="review", kind="control", subkind="gate", config=config)


def reviewed(logs: Path, **config: object) -> Score:
    """Each item is looked at, a person reviews them, and what is approved is posted, one by one."""
    log = {"params": {"log": str(logs / "posts")}}
    return score(
        graph(
            map_over("each", "look", "told"),
            step("look", skill="odd", operation="flaw"),
            step("told", config={"params": {"fields": ["n"]}}),
            gate(**config),
            map_over("send", "post", items_field="approved"),
            step("post", skill="odd", operation="post", config=log),
            *("each.item -> look", "look -> told", "each -> review", "review.approved -> send"),
            *(edge("each.item -> told"), edge("send.item -> post")),
        )
    )


@pytest.fixture
def logs(packages: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "logs"
    folder.mkdir()
    return folder


def posts(logs: Path) -> int:
    written = logs / "posts"
    return len(written.read_text().splitlines()) if written.exists() else 0


def begun(made: Score, logs: Path, fails: dict[int, int]) -> Run:
    """Four items, of which some fail so often; it waits at the gate for those that did not."""
    items = [{"n": n, "fails": fails.get(n, 0), "log": str(logs / f"item-{n}")} for n in range(4)]
    run = play_here(start(made, {"items": items}))
    assert run.waiting_for == "gate", (run.status, run.error)
    return run


def decided(run: Run, *decisions: Any) -> Run:
    items = [ItemDecision(number, *decision) for number, decision in enumerate(decisions)]
    decide_gate(run, node="review", iteration="", decisions=items, by="ines")
    run = play_here(run)
    assert run.status == RunStatus.SUCCEEDED, run.error
    return run


def asked(run: Run) -> list[int]:
    row = run.nodes.get(node_key="review", status=NodeStatus.WAITING)
    return [item["n"] for item in (row.output_json or {})["items"]]


def outcome(run: Run) -> JSON:
    row = run.nodes.get(node_key="review")
    lists = row.output_json or {}
    return {name: [item["n"] for item in items] for name, items in lists.items()}


def repaired(run: Run) -> Run:
    return play_here(repair(run).start(started_by="ines"))


def test_only_the_repaired_item_is_asked_about_and_decisions_on_the_others_hold(logs: Path) -> None:
    """The first item failed, so that all others have another number in the repaired run."""
    first = begun(reviewed(logs), logs, {0: 1})
    decided(first, ["approve"], ["edit", {"n": 20}], ["drop"])
    assert posts(logs) == 2

    run = repaired(first)
    assert (run.status, asked(run)) == (RunStatus.WAITING, [0])
    note = run.nodes.get(node_key="review").error or {}
    assert first.pk in note["message"] and "Of 4 items 1" in note["message"]
    run = decided(run, ["approve"])

    assert outcome(run) == {"approved": [0, 1, 20], "dropped": [3]}
    assert posts(logs) == 3
    sources = run.nodes.filter(node_key="post").order_by("iteration")
    assert [row.source_node_id is None for row in sources] == [True, False, False]


def test_where_nothing_new_comes_to_it_nobody_is_asked(logs: Path) -> None:
    first = begun(reviewed(logs), logs, {3: 2})
    decided(first, ["approve"], ["drop"], ["approve"])

    run = repaired(first)

    assert (run.status, run.errors) == (RunStatus.SUCCEEDED, 1)
    assert outcome(run) == {"approved": [0, 2], "dropped": [1]}
    assert posts(logs) == 2


def test_a_repair_of_a_repair_keeps_what_was_decided_in_either(logs: Path) -> None:
    first = begun(reviewed(logs), logs, {0: 1, 3: 3})
    decided(first, ["drop"], ["approve"])
    second = decided(repaired(first), ["approve"])
    third = repaired(second)
    assert third.status == RunStatus.SUCCEEDED and third.errors == 1

    last = repaired(third)

    assert asked(last) == [3]
    assert outcome(decided(last, ["drop"])) == {"approved": [0, 2], "dropped": [1, 3]}
    assert posts(logs) == 2


def test_what_is_asked_and_expires_is_dropped_and_the_rest_stays_decided(logs: Path) -> None:
    made = reviewed(logs, expires_after_seconds=3600)
    first = begun(made, logs, {0: 1})
    decided(first, ["approve"], ["approve"], ["drop"])
    run = repaired(first)
    assert asked(run) == [0]

    long_ago = timezone.now() - timedelta(hours=2)
    run.nodes.filter(node_key="review").update(started_at=long_ago)
    Run.objects.filter(pk=run.pk).update(status=RunStatus.QUEUED, waiting_for="")
    run = play_here(run)

    row = run.nodes.get(node_key="review")
    assert (run.status, row.port) == (RunStatus.SUCCEEDED, "approved")
    assert outcome(run) == {"approved": [1, 2], "dropped": [0, 3]}
    assert posts(logs) == 2


def test_what_nobody_decided_is_asked_about_again(logs: Path) -> None:
    made = reviewed(logs, expires_after_seconds=3600)
    first = begun(made, logs, {0: 1})
    long_ago = timezone.now() - timedelta(hours=2)
    first.nodes.filter(node_key="review").update(started_at=long_ago)
    Run.objects.filter(pk=first.pk).update(status=RunStatus.QUEUED, waiting_for="")
    first = play_here(first)
    assert first.nodes.get(node_key="review").port == "expired"

    assert asked(repaired(first)) == [0, 1, 2, 3]


def test_thousands_of_items_are_found_again_where_some_are_new() -> None:
    """Every other item was not there before, so that nearly all of them have moved."""
    before = [{"n": n} for n in range(0, 5000, 2)]
    earlier = Earlier("run", "repair")

    earlier.align("each", "", [{"n": n} for n in range(5000)], before)

    assert earlier.path_of("each:4998") == "each:2499"
    assert earlier.path_of("each:4999/inner:1") is None
    assert sum(path is not None for path in earlier.paths.values()) == 2500


def test_a_decision_goes_with_its_item_wherever_it_stands_and_is_used_once() -> None:
    given: dict[int, JSON] = {
        0: {"decision": "approve", "item": None},
        1: {"decision": "drop", "item": None},
        2: {"decision": "edit", "item": "B"},
    }

    kept = carried_over(["a", "a", "b"], given, ["b", "new", "a", "a", "a", {"b": 1}])

    assert [(one["index"], one["decision"], one["item"]) for one in kept] == [
        (0, "edit", "B"),
        (2, "approve", "a"),
        (3, "drop", "a"),
    ]
    assert carried_over([1], {0: given[0]}, [True]) == []
    assert carried_over([], given, ["a"]) == []
