"""Another score as one node: its own run, started once, waited for without a worker."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from maestro.errors import InvalidScore
from runs import claims
from runs.actions import ItemDecision, cancel_run, decide_gate
from runs.models import Mode, NodeStatus, Run, RunStatus, Trigger
from scores.actions import delete_score, save_graph
from scores.document import NodeDocument
from scores.models import Score
from tests.scores.graphs import graph, map_over, step, subscore

from .clusters import RunningCluster, ended, wait_until
from .stage import play_here
from .worlds import score, start

PICK = {"params": {"fields": ["x"]}}
GATE = NodeDocument(key="ask", kind="control", subkind="gate")
WAITS = {"skill": "odd", "operation": "wait"}


def inner(*parts: Any) -> Score:
    return score(graph(*(parts or (step("pick", config=PICK),))), "inner")


def outer(*parts: Any, slug: str = "outer") -> Score:
    return score(graph(*parts), slug)


def played(run: Run) -> Run:
    """Everything that can go on by itself has gone on."""
    play_here(run)
    while Run.objects.filter(status=RunStatus.QUEUED).exists():
        play_here(run)
    return run


def steps_of_keep() -> None:
    with connection.cursor() as cursor:
        for statement in (claims.WAKE, claims.WAKE_PARENTS, claims.CANCEL_CHILDREN):
            cursor.execute(statement)


@pytest.fixture(autouse=True)
def _skills(transactional_db: None, packages: Path) -> None:
    """Clusters and threads see committed rows; the odd skill is there."""


def test_a_score_plays_as_one_node_of_another() -> None:
    made = outer(subscore("call", inner().pk), step("after", config=PICK), "call -> after")

    parent = play_here(start(made, {"x": 1, "y": 2}))
    child = parent.child_runs.get()

    assert (parent.status, parent.waiting_for, parent.player) == ("waiting", "subscore", None)
    assert (child.trigger, child.mode, child.input) == (Trigger.SUBSCORE, Mode.LIVE, parent.input)
    assert (child.root_run, child.parent_node_key) == (parent, "call")
    assert played(parent).status == RunStatus.SUCCEEDED
    assert parent.output == {"x": 1}
    row = parent.nodes.get(node_key="call")
    assert (row.status, row.output_json, row.child_run_id) == ("succeeded", {"x": 1}, child.pk)


def test_a_failed_child_is_the_node_s_error_and_names_the_run() -> None:
    held = inner(step("bad", config={"params": {"fields": 1}}))
    alone = played(start(outer(subscore("call", held.pk))))
    wired = outer(
        subscore("call", held.pk), step("mend", config={"params": {"fields": ["error"]}}),
        "call.on_error -> mend", slug="wired",
    )  # fmt: skip

    assert alone.status == RunStatus.FAILED
    error = alone.error or {}
    assert (error["code"], error["node"]) == ("subscore_failed", "call")
    assert error["details"]["run"] == alone.child_runs.get().pk
    assert error["details"]["error"]["node"] == "bad"
    assert played(start(wired)).status == RunStatus.SUCCEEDED


def test_what_a_child_plays_is_settled_when_its_parent_starts() -> None:
    held = inner()
    newest = outer(subscore("call", held.pk), slug="newest")
    run = start(newest, {"x": 1, "z": 3})
    save(held, "z")

    pinned = outer(subscore("call", held.pk, config={"version": 1}), slug="pinned")

    assert played(run).output == {"x": 1}
    assert played(start(newest, {"x": 1, "z": 3})).output == {"z": 3}
    assert played(start(pinned, {"x": 1, "z": 3})).output == {"x": 1}


def save(made: Score, field: str) -> None:
    save_graph(made, graph(step("pick", config={"params": {"fields": [field]}})), author="ines")
    made.refresh_from_db()


def test_each_pass_and_each_item_has_a_run_of_its_own() -> None:
    held = inner(step("pick", config={"params": {"fields": ["item"]}}))
    made = outer(
        map_over("each", "call", concurrency=2), subscore("call", held.pk, config={"max_passes": 2}),
        "each.item -> call", "call -> call",
    )  # fmt: skip

    run = played(start(made, {"items": [1, 2, 3]}))

    assert run.output is not None and run.output["results"] == [{"item": n} for n in (1, 2, 3)]
    paths = run.child_runs.order_by("parent_iteration").values_list("parent_iteration", flat=True)
    assert list(paths) == [f"each:{n}{again}" for n in range(3) for again in ("", "/call#2")]


def test_a_map_holds_no_more_children_at_once_than_its_concurrency() -> None:
    made = outer(
        map_over("each", "call", concurrency=2), subscore("call", inner().pk), "each.item -> call"
    )

    run = play_here(start(made, {"items": [{"x": n} for n in range(5)]}))

    assert run.child_runs.count() == 2
    assert played(run).output == {"results": [{"x": n} for n in range(5)], "ended": 0, "errors": []}


def test_a_child_that_asks_a_person_keeps_its_parent_waiting() -> None:
    run = played(start(outer(subscore("call", inner(GATE).pk)), {"x": 1}))
    child = run.child_runs.get()
    assert (run.status, child.waiting_for) == (RunStatus.WAITING, "gate")

    decide_gate(child, node="ask", iteration="", decisions=[ItemDecision(0, "approve")], by="ines")

    assert played(run).output == {"approved": [{"x": 1}], "dropped": []}


def test_a_decision_beside_a_child_is_taken_while_it_goes_on() -> None:
    made = outer(
        GATE, subscore("call", inner(GATE).pk), step("after", config=PICK), "ask.refused -> after"
    )
    run = played(start(made))
    assert run.waiting_for == "gate"

    decide_gate(run, node="ask", iteration="", decisions=[ItemDecision(0, "drop")], by="ines")
    played(run)

    assert (run.status, run.waiting_for) == (RunStatus.WAITING, "subscore")
    assert run.nodes.get(node_key="after").status == NodeStatus.SUCCEEDED


def test_the_errors_a_child_collected_count_at_its_parent() -> None:
    bad = step("bad", config={"params": {"fields": 1}}, on_error="continue")

    run = played(start(outer(subscore("call", inner(bad).pk))))

    assert (run.status, run.errors) == (RunStatus.SUCCEEDED, 1)


def test_a_rehearsal_rehearses_the_child_and_a_sample_goes_first() -> None:
    mail = step("mail", skill="email", operation="send_email", config={"params": {
        "to": "a@example.com", "subject": "s", "body": "b"}})  # fmt: skip
    held = inner(mail)
    sample = {"sample": {"output": {"said": "so"}}}

    run = played(start(outer(subscore("call", held.pk)), mode=Mode.REHEARSAL))
    told = played(
        start(outer(subscore("call", held.pk, config=sample), slug="told"), mode=Mode.REHEARSAL)
    )

    assert run.status == RunStatus.SUCCEEDED
    assert run.child_runs.get().mode == Mode.REHEARSAL
    assert told.output == {"said": "so"}
    assert not told.child_runs.exists()


def test_cancelling_a_run_cancels_all_below_it() -> None:
    middle = score(graph(subscore("call", inner(GATE).pk)), "middle")
    run = played(start(outer(subscore("call", middle.pk))))

    cancel_run(run, by="ines")

    assert set(Run.objects.values_list("status", flat=True)) == {RunStatus.CANCELLED}
    assert Run.objects.count() == 3


def test_a_child_does_not_outlive_a_parent_that_failed() -> None:
    made = outer(
        subscore("call", inner(GATE).pk), subscore("bad", broken().pk),
    )  # fmt: skip

    run = played(start(made))

    assert run.status == RunStatus.FAILED
    assert run.child_runs.get(parent_node_key="call").status == RunStatus.CANCELLED


def test_the_keep_cancels_a_child_whose_parent_ended_unseen() -> None:
    run = played(start(outer(subscore("call", inner(GATE).pk))))
    Run.objects.filter(pk=run.pk).update(status="failed", finished_at=run.queued_at)

    steps_of_keep()

    assert run.child_runs.get().status == RunStatus.CANCELLED


def broken() -> Score:
    return score(graph(step("bad", config={"params": {"fields": 1}})), "broken")


def test_a_cancelled_child_is_the_node_s_error() -> None:
    run = played(start(outer(subscore("call", inner(GATE).pk))))

    cancel_run(run.child_runs.get(), by="ines")
    steps_of_keep()

    assert (played(run).error or {})["details"]["status"] == "cancelled"


def test_a_child_that_was_deleted_before_its_parent_saw_its_end_is_the_node_s_error() -> None:
    held = inner(GATE)
    run = played(start(outer(subscore("call", held.pk))))
    cancel_run(run.child_runs.get(), by="ines")

    delete_score(held, author="ines")
    steps_of_keep()

    assert (played(run).status, (run.error or {})["node"]) == (RunStatus.FAILED, "call")


def test_a_child_that_takes_too_long_is_cut_off() -> None:
    made = outer(subscore("call", inner(GATE).pk, timeout_seconds=1))
    run = played(start(made))

    def over() -> bool:
        """It may be woken a little early: its child counts from when it was started."""
        steps_of_keep()
        return played(run).is_finished

    wait_until(over)

    assert (run.status, (run.error or {})["code"]) == (RunStatus.FAILED, "timeout")
    assert run.child_runs.get().status == RunStatus.CANCELLED


@pytest.mark.parametrize("minutes", [0, 60], ids=["just now", "long ago"])
def test_the_keep_wakes_a_parent_whose_child_ended_unseen(minutes: int) -> None:
    run = played(start(outer(subscore("call", inner(GATE).pk))))
    ended_at = timezone.now() - timedelta(minutes=minutes)
    run.child_runs.update(status="succeeded", finished_at=ended_at, output={"x": 9})

    with connection.cursor() as cursor:
        cursor.execute(claims.WAKE_PARENTS if minutes else claims.WAKE_PARENTS_OF_ENDED)

    assert played(run).output == {"x": 9}


def test_the_database_takes_no_second_child_for_a_node() -> None:
    run = play_here(start(outer(subscore("call", inner().pk))))
    twin = run.child_runs.get()
    twin.pk = "run_twin"

    with pytest.raises(IntegrityError, match="one_child_run_per_node"), transaction.atomic():
        twin.save(force_insert=True)


def test_a_start_refuses_scores_that_hold_each_other() -> None:
    """No save lets it come to this, but two at the same moment can."""
    first, second = inner(), outer(step("only"))
    for one, other in ((first, second), (second, first)):
        document = graph(subscore("call", other.pk))
        one.versions.update(graph=document.content())

    with pytest.raises(InvalidScore, match="inner → outer → inner"):
        start(first)


@pytest.mark.parametrize("crash", ["subscore.before_commit", "subscore.started"])
class TestKilledAtTheStart:
    @pytest.fixture
    def cluster_environment(
        self, cluster_environment: dict[str, str], crash: str
    ) -> dict[str, str]:
        return {**cluster_environment, "MAESTRO_CRASH": crash}

    def test_the_child_is_started_once(self, cluster: RunningCluster, crash: str) -> None:
        run = ended(start(outer(subscore("call", inner().pk)), {"x": 1}))

        assert (run.status, run.output) == (RunStatus.SUCCEEDED, {"x": 1}), run.error
        assert run.child_runs.count() == 1
        assert run.fence > 2


def slow(key: str, seconds: float) -> NodeDocument:
    return step(key, **WAITS, config={"params": {"seconds": seconds}})


def test_a_child_that_ends_before_its_parent_has_parked_is_not_missed(
    cluster: RunningCluster,
) -> None:
    made = outer(slow("beside", 2), subscore("call", inner().pk))

    run = ended(start(made, {"x": 1}))

    assert (run.status, run.output) == (RunStatus.SUCCEEDED, {"x": 1})
    assert run.nodes.filter(status=NodeStatus.SUCCEEDED).count() == 2


def test_a_tree_of_runs_killed_twice_ends_with_each_run_once(cluster: RunningCluster) -> None:
    held = inner(slow("wait", 0.5))
    made = outer(
        map_over("each", "call", concurrency=3), subscore("call", held.pk), "each.item -> call"
    )
    run = start(made, {"items": [{"n": n} for n in range(8)]})

    for count in (1, 4):
        wait_until(lambda: run.child_runs.filter(status="succeeded").count() >= count)  # noqa: B023
        cluster.kill_players()

    assert ended(run).status == RunStatus.SUCCEEDED, run.error
    assert run.output is not None and len(run.output["results"]) == 8
    assert run.child_runs.count() == 8


def test_a_running_child_is_cut_off_with_its_parent(cluster: RunningCluster) -> None:
    run = start(outer(subscore("call", inner(slow("wait", 50)).pk)))
    child = run.child_runs
    wait_until(lambda: child.filter(status=RunStatus.RUNNING).exists())

    cancel_run(run, by="ines")

    assert ended(child.get()).status == ended(run).status == RunStatus.CANCELLED
