"""A gate asks a person, holds no worker meanwhile, and goes on as decided."""

from typing import Any

import pytest
from django.utils import timezone

from maestro.errors import Conflict, InvalidInput, NotFound
from runs.actions import ItemDecision, decide_gate
from runs.cluster.keep import Keep
from runs.models import Mode, NodeStatus, Player, Run, RunStatus
from scores.document import GraphDocument, NodeDocument
from tests.scores.graphs import graph, step

from .clusters import RunningCluster, ended, wait_until
from .stage import play_here
from .worlds import score, start

DRAFTS = {"drafts": [{"to": "ada"}, {"to": "bob"}, {"to": "eve"}]}


def gate(key: str = "review", **config: object) -> NodeDocument:
    config = {"items_field": "drafts"} | config
    return NodeDocument(key=key, kind="control", subkind="gate", config=config)


def reviewing(**config: Any) -> GraphDocument:
    picks = {"params": {"fields": ["approved"]}}
    return graph(gate(**config), step("send", config=picks), "review.approved -> send")


def waiting(run: Run) -> Run:
    wait_until(lambda: Run.objects.filter(pk=run.pk, status=RunStatus.WAITING).exists())
    return run


def decide(run: Run, *decisions: Any, node: str = "review") -> Run:
    items = [ItemDecision(number, *decision) for number, decision in enumerate(decisions)]
    return decide_gate(run, node=node, iteration="", decisions=items, comment="ok", by="ines")


@pytest.mark.django_db(transaction=True)
def test_items_are_approved_edited_and_dropped_in_their_order() -> None:
    run = play_here(start(score(reviewing()), DRAFTS))
    assert (run.status, run.waiting_for) == (RunStatus.WAITING, "gate")
    assert run.nodes.get().status == NodeStatus.WAITING

    decide(run, ["approve"], ["drop"], ["edit", {"to": "eve@example.com"}])

    assert play_here(run).status == RunStatus.SUCCEEDED
    assert run.nodes.get(node_key="review").output_json == {
        "approved": [{"to": "ada"}, {"to": "eve@example.com"}],
        "dropped": [{"to": "bob"}],
    }
    assert run.output == {"approved": [{"to": "ada"}, {"to": "eve@example.com"}]}


@pytest.mark.django_db(transaction=True)
def test_all_dropped_leaves_by_refused_and_skips_what_follows() -> None:
    run = play_here(start(score(reviewing()), DRAFTS))

    decide(run, ["drop"], ["drop"], ["drop"])

    assert play_here(run).status == RunStatus.SUCCEEDED
    assert run.nodes.get(node_key="review").port == "refused"
    assert run.nodes.get(node_key="send").status == NodeStatus.SKIPPED


def test_a_waiting_run_outlives_every_process_and_holds_none(cluster: RunningCluster) -> None:
    run = waiting(start(score(reviewing()), DRAFTS))
    run.refresh_from_db()
    assert run.player is None

    cluster.kill_all()
    wait_until(lambda: Player.objects.count() >= 2)
    decide(run, ["approve"], ["approve"], ["approve"])

    assert ended(run).status == RunStatus.SUCCEEDED


def test_a_decision_while_the_run_still_plays_elsewhere_is_not_lost(
    cluster: RunningCluster,
) -> None:
    slow = step("slow", skill="odd", operation="wait", config={"params": {"seconds": 2}})
    runs = [
        start(score(graph(gate(expires_after_seconds=expires), slow), slug), DRAFTS)
        for slug, expires in (("patient", None), ("expiring", 3600))
    ]
    for run in runs:
        wait_until(run.nodes.filter(status=NodeStatus.WAITING).exists)

    for run in runs:
        decide(run, ["approve"], ["approve"], ["approve"])

    assert {ended(run).status for run in runs} == {RunStatus.SUCCEEDED}


@pytest.mark.django_db(transaction=True)
def test_an_expired_gate_drops_everything() -> None:
    document = graph(
        gate(expires_after_seconds=1), step("late", config={"params": {"fields": ["dropped"]}}),
        "review.expired -> late",
    )  # fmt: skip
    run = play_here(start(score(document), DRAFTS))
    keep = Keep("cl")

    def woken() -> bool:
        keep.step()
        return Run.objects.filter(pk=run.pk, status=RunStatus.QUEUED).exists()

    wait_until(woken)

    assert play_here(run).output == {"dropped": DRAFTS["drafts"]}


@pytest.mark.django_db(transaction=True)
def test_nothing_to_decide_asks_nobody_and_a_rehearsal_approves_all() -> None:
    made = score(reviewing())

    assert play_here(start(made, {"drafts": []})).output == {"approved": []}
    rehearsed = play_here(start(made, DRAFTS, mode=Mode.REHEARSAL))
    assert rehearsed.output == {"approved": DRAFTS["drafts"]}
    assert (rehearsed.nodes.get(node_key="review").error or {})["code"] == "approved_by_rehearsal"


@pytest.fixture
def asking(db: None) -> Run:
    """A run that waits at a gate, as a player leaves it."""
    run = start(score(reviewing()), DRAFTS)
    run.nodes.create(
        node_key="review",
        status=NodeStatus.WAITING,
        output_json={"items": DRAFTS["drafts"]},
        started_at=timezone.now(),
    )
    Run.objects.filter(pk=run.pk).update(status=RunStatus.WAITING, waiting_for="gate")
    return run


def test_each_item_is_decided_exactly_once(asking: Run) -> None:
    with pytest.raises(InvalidInput) as refusal:
        decide(asking, ["approve"])

    assert refusal.value.details == {"undecided": [1, 2], "unknown": []}
    twice = [ItemDecision(0, "approve"), ItemDecision(0, "drop")]
    with pytest.raises(InvalidInput, match="twice"):
        decide_gate(asking, node="review", iteration="", decisions=twice, by="ines")


def test_a_gate_is_decided_once_and_only_where_it_asks(asking: Run) -> None:
    with pytest.raises(NotFound):
        decide(asking, node="send")

    decide(asking, ["approve"], ["approve"], ["approve"])

    with pytest.raises(Conflict, match="decided already"):
        decide(asking, ["drop"], ["drop"], ["drop"])
    decided = asking.events.get(kind="node.decided")
    assert (decided.payload["by"], decided.payload["comment"]) == ("ines", "ok")
