"""A finished run is played again and repaired over REST."""

from typing import Any

import pytest
from django.utils.timezone import now

from maestro.workspaces.models import Workspace
from orchestras.models import Overlap
from runs.models import Mode, NodeStatus, Run, RunNode, RunStatus
from scores.models import Score
from tests.admin.rows import make_node, make_run
from tests.factories import make_orchestra, make_score
from tests.scores.graphs import graph, map_over, step

from .callers import Caller, read, refused

BROKEN = {"code": "unavailable", "message": "No answer from 10.0.0.7.", "details": {}}


@pytest.fixture
def score(workspace: Workspace) -> Score:
    nodes = [step("list"), map_over("each", "look"), step("look"), step("send")]
    return make_score(workspace, graph(*nodes, "list -> each", "each.item -> look", "each -> send"))


@pytest.fixture
def ended(score: Score) -> Run:
    """Of three items two failed; then something was sent."""
    run = make_run(score, "succeeded", errors=2, input={"x": 1})
    make_node(run, "list")
    make_node(run, "look", iteration="each:0")
    for number in (1, 2):
        failed: dict[str, Any] = {"status": NodeStatus.FAILED, "port": None, "error": BROKEN}
        make_node(run, "look", iteration=f"each:{number}", **failed)
    make_node(run, "each")
    make_node(run, "send", operation="gmail.send_email", effect="write")
    return run


def test_a_rerun_says_what_it_keeps_before_and_when_it_starts(caller: Caller, ended: Run) -> None:
    path = f"/runs/{ended.id}/rerun"

    foreseen = read(caller.get(f"{path}?from=send"))
    assert foreseen == {
        "score_version": 1,
        "reused": {"nodes": ["each", "list", "look"], "rows": 5},
        "plays_again": ["send"],
        "writes_again": 1,
        "may_write": [],
    }
    answer = caller.post(path, {"from": "send"})
    made = read(answer, 201)
    run = made.pop("run")
    assert made == foreseen
    assert answer.headers["Location"] == f"/api/v1/runs/{run['id']}"
    assert (run["status"], run["trigger"], run["input"]) == ("queued", "replay", {"x": 1})
    assert Run.objects.get(pk=run["id"]).source_run == ended
    nodes = read(caller.get(f"/runs/{run['id']}/nodes"))["items"]
    assert {row["reused_from"] for row in nodes} == {ended.id}


def test_without_a_node_the_whole_run_is_played_again(caller: Caller, ended: Run) -> None:
    made = read(caller.post(f"/runs/{ended.id}/rerun", {}), 201)

    assert made["reused"] == {"nodes": [], "rows": 0}
    assert not RunNode.objects.filter(run=made["run"]["id"]).exists()


def test_failures_come_by_cause_and_a_group_is_repaired_once(caller: Caller, ended: Run) -> None:
    (group,) = read(caller.get(f"/runs/{ended.id}/failures"))["items"]
    assert (group["node"], group["code"], group["count"]) == ("look", "unavailable", 2)
    assert group["cause"] == "No answer from <number>."
    assert group["iterations"] == ["each:1", "each:2"]
    assert group["example"]["message"] == BROKEN["message"]

    path, body = f"/runs/{ended.id}/repair", {"groups": [group["group"]]}
    made = read(caller.post(path, body, Idempotency_Key="abc"), 201)
    assert made["reused"] == {"nodes": ["list", "look"], "rows": 2}
    assert made["plays_again"] == ["each", "look", "send"]
    assert read(caller.post(path, body, Idempotency_Key="abc"), 200) == made

    said = refused(caller.post(path, {}), 409, "conflict")
    assert said["details"] == {"run": made["run"]["id"]}


def test_an_item_is_repaired_alone(caller: Caller, ended: Run) -> None:
    item = {"node": "look", "iteration": "each:2"}
    made = read(caller.post(f"/runs/{ended.id}/repair", {"items": [item]}), 201)

    kept = RunNode.objects.filter(run=made["run"]["id"], node_key="look")
    assert dict(kept.values_list("iteration", "status")) == {
        "each:0": "succeeded",
        "each:1": "failed",
    }


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("rerun", {"from": "nowhere"}, 422, "invalid_input"),
        ("rerun", {"from": "send", "version": 7}, 404, "not_found"),
        ("rerun", {"to": "send"}, 422, "invalid_input"),
        ("repair", {"groups": ["nothing"]}, 422, "invalid_input"),
        ("repair", {"items": [{"node": "list"}]}, 422, "invalid_input"),
        ("repair", {"items": []}, 409, "conflict"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(
    caller: Caller, ended: Run, path: str, body: dict[str, Any], status: int, code: str
) -> None:
    refused(caller.post(f"/runs/{ended.id}/{path}", body), status, code)


def test_a_run_that_goes_on_is_not_played_again(caller: Caller, score: Score) -> None:
    run = make_run(score, RunStatus.WAITING)
    for path in ("rerun", "repair"):
        refused(caller.post(f"/runs/{run.id}/{path}", {}), 409, "conflict")


@pytest.mark.parametrize("path", ["rerun", "repair", "apply"])
@pytest.mark.parametrize("overlap", Overlap.values)
def test_what_is_played_again_goes_by_the_overlap_policy_of_its_orchestra(
    caller: Caller, ended: Run, overlap: str, path: str
) -> None:
    orchestra = make_orchestra(ended.score, overlap=overlap, run_budget_microdollars=500)
    mode = Mode.PLAN if path == "apply" else Mode.LIVE
    Run.objects.filter(pk=ended.pk).update(orchestra=orchestra, mode=mode, pins={"agents": {}})
    planned = {"code": "planned", "message": "It did not happen.", "details": {}}
    ended.nodes.filter(node_key="send").update(error=planned)
    other = make_run(ended.score, "running", orchestra=orchestra)

    answer = caller.post(f"/runs/{ended.id}/{path}", {})

    if overlap == Overlap.SKIP:
        said = refused(answer, 409, "conflict")
        assert said["details"] == {"runs": [other.pk]} and other.pk in said["message"]
        Run.objects.filter(pk=other.pk).update(player=None, status="cancelled", finished_at=now())
        answer = caller.post(f"/runs/{ended.id}/{path}", {})
    made = Run.objects.get(source_run=ended)
    assert answer.status_code == 201
    waits = overlap == Overlap.QUEUE
    assert (made.status, made.waiting_for) == (("waiting", "overlap") if waits else ("queued", ""))
    assert (made.orchestra, made.budget_microdollars) == (orchestra, 500)
