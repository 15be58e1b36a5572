"""Runs are started, found, cancelled and answered for."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from maestro.workspaces.models import Workspace
from orchestras.models import Orchestra, Overlap
from runs.models import NodeStatus, Run, RunNode, RunStatus
from scores.models import Score
from tests.admin.rows import make_node, make_run
from tests.factories import make_score, make_workspace

from .callers import JSON, Caller, read, refused


@pytest.fixture
def score(workspace: Workspace) -> Score:
    return make_score(workspace)


@pytest.fixture
def orchestra(score: Score) -> Orchestra:
    return Orchestra.objects.create(
        workspace=score.workspace, name="Daily", score=score, input={"from": "orchestra"}
    )


def play(run_id: str, **columns: Any) -> Run:
    """Make the run what a player would have made of it."""
    over = {"finished_at": timezone.now()} if columns["status"] in RunStatus.final() else {}
    Run.objects.filter(pk=run_id).update(**columns, **over)
    return Run.objects.get(pk=run_id)


def test_a_score_is_started(caller: Caller, score: Score) -> None:
    answer = caller.post(f"/scores/{score.id}/runs", {"input": {"x": 1}})
    made = read(answer, 201)

    assert answer.headers["Location"] == f"/api/v1/runs/{made['id']}"
    assert read(caller.get(f"/runs/{made['id']}")) == made
    assert made == {
        "id": made["id"],
        "status": "queued",
        "waiting_for": "",
        "mode": "live",
        "trigger": "api",
        "score_id": score.id,
        "score_version": 1,
        "orchestra_id": None,
        "parent_run_id": None,
        "input": {"x": 1},
        "output": None,
        "error": None,
        "errors": 0,
        "tokens": {"input": 0, "output": 0, "cache_read": 0, "cache_write": 0},
        "cost_cents": 0.0,
        "cost_microdollars": 0,
        "created_at": made["created_at"],
        "started_at": None,
        "finished_at": None,
    }
    assert Run.objects.get().started_by.startswith("API key test (mk_")


def test_an_orchestra_gives_the_input_that_the_start_leaves_out(
    caller: Caller, orchestra: Orchestra
) -> None:
    Orchestra.objects.update(overlap=Overlap.ALLOW)
    path = f"/orchestras/{orchestra.id}/runs"

    assert read(caller.post(path, {}), 201)["input"] == {"from": "orchestra"}
    assert read(caller.post(path, {"input": {}}), 201)["input"] == {}
    assert read(caller.post(path, {"mode": "rehearsal"}), 201)["orchestra_id"] == orchestra.id


def test_an_overlap_that_is_to_be_skipped_answers_with_the_skipped_run(
    caller: Caller, orchestra: Orchestra
) -> None:
    first = read(caller.post(f"/orchestras/{orchestra.id}/runs", {}), 201)
    second = read(caller.post(f"/orchestras/{orchestra.id}/runs", {}), 201)

    assert (first["status"], second["status"]) == ("queued", "skipped")
    assert second["error"]["code"] == "overlap"
    assert second["error"]["details"] == {"runs": [first["id"]]}


@pytest.mark.parametrize("overlap", Overlap.values)
def test_a_repeat_is_answered_like_the_first_time_whatever_became_of_the_run(
    caller: Caller, orchestra: Orchestra, overlap: str
) -> None:
    Orchestra.objects.update(overlap=overlap)
    path, body = f"/orchestras/{orchestra.id}/runs", {"input": {"x": 1}}
    read(caller.post(path, body), 201)
    first = caller.post(path, body, Idempotency_Key="abc")
    if overlap != Overlap.SKIP:
        failure = {"code": "x", "message": "y"}
        play(read(first, 201)["id"], status="failed", error=failure, errors=3)

    again = caller.post(path, {"mode": "live", **body}, Idempotency_Key="abc")

    assert read(again) == read(first, 201)
    assert again.headers["Location"] == first.headers["Location"]
    assert Run.objects.count() == 2


def test_a_key_is_not_taken_for_another_request(
    caller: Caller, score: Score, orchestra: Orchestra
) -> None:
    path = f"/scores/{score.id}/runs"
    made = read(caller.post(path, {"input": {"x": 1}}, Idempotency_Key="abc"), 201)

    said = refused(caller.post(path, {"input": {"x": 2}}, Idempotency_Key="abc"), 409, "conflict")
    assert made["id"] in said["message"]
    elsewhere = f"/orchestras/{orchestra.id}/runs"
    refused(caller.post(elsewhere, {"input": {"x": 1}}, Idempotency_Key="abc"), 409, "conflict")
    assert Run.objects.count() == 1


def test_the_same_key_in_another_workspace_is_another_key(caller: Caller, score: Score) -> None:
    other = make_workspace()
    theirs = make_score(other)

    read(caller.post(f"/scores/{score.id}/runs", {}, Idempotency_Key="abc"), 201)
    read(Caller.of(other).post(f"/scores/{theirs.id}/runs", {}, Idempotency_Key="abc"), 201)


@pytest.mark.parametrize("key", ["", "two words", "x" * 201, "ключ"])
def test_a_key_that_cannot_be_kept_is_refused(caller: Caller, score: Score, key: str) -> None:
    refused(caller.post(f"/scores/{score.id}/runs", {}, Idempotency_Key=key), 422, "invalid_input")


@pytest.mark.django_db(transaction=True)
def test_equal_requests_at_the_same_time_make_one_run(workspace: Workspace) -> None:
    path = f"/scores/{make_score(workspace).id}/runs"
    caller = Caller.of(workspace)

    def ask(_: int) -> tuple[int, JSON]:
        answer = Caller(caller.token).post(path, {"input": {"x": 1}}, Idempotency_Key="abc")
        connection.close()
        return answer.status_code, answer.json()  # type: ignore[attr-defined]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(8)))

    assert sorted(status for status, _ in answers) == [200] * 7 + [201]
    assert len({str(said) for _, said in answers}) == 1
    assert Run.objects.count() == 1


def test_a_score_without_a_graph_is_not_started(caller: Caller, workspace: Workspace) -> None:
    empty = Score.objects.create(workspace=workspace, name="Empty", slug="empty")

    refused(caller.post(f"/scores/{empty.id}/runs", {}), 409, "conflict")


def test_another_workspaces_rows_are_not_there(
    caller: Caller, stranger: Caller, score: Score, orchestra: Orchestra
) -> None:
    run = read(caller.post(f"/scores/{score.id}/runs", {}), 201)["id"]

    for path in (f"/scores/{score.id}/runs", f"/orchestras/{orchestra.id}/runs"):
        refused(stranger.post(path, {}), 404, "not_found")
    for path in (f"/runs/{run}", f"/runs/{run}/nodes", f"/runs/{run}/events"):
        refused(stranger.get(path), 404, "not_found")
    refused(stranger.post(f"/runs/{run}/cancel"), 404, "not_found")
    answer = {"iteration": "", "sent": True}
    refused(stranger.post(f"/runs/{run}/nodes/only/answer", answer), 404, "not_found")
    assert read(stranger.get("/runs"))["items"] == []
    assert Run.objects.get().status == RunStatus.QUEUED


def test_runs_are_listed_by_what_is_asked(
    caller: Caller, score: Score, orchestra: Orchestra
) -> None:
    of_score = read(caller.post(f"/scores/{score.id}/runs", {"mode": "rehearsal"}), 201)["id"]
    of_orchestra = read(caller.post(f"/orchestras/{orchestra.id}/runs", {}), 201)["id"]
    other = make_score(score.workspace)
    failed = read(caller.post(f"/scores/{other.id}/runs", {}), 201)["id"]
    play(failed, status="failed")
    Run.objects.filter(pk=of_score).update(queued_at=timezone.now() - timedelta(days=2))
    yesterday = (timezone.now() - timedelta(days=1)).isoformat().replace("+00:00", "Z")

    def listed(query: str) -> list[str]:
        return [run["id"] for run in read(caller.get(f"/runs?{query}"))["items"]]

    assert listed("") == [failed, of_orchestra, of_score]
    assert listed("status=failed") == [failed]
    assert listed("status=failed&status=queued") == [failed, of_orchestra, of_score]
    assert listed(f"orchestra={orchestra.id}") == [of_orchestra]
    assert listed(f"score={score.id}") == [of_orchestra, of_score]
    assert listed("mode=rehearsal") == [of_score]
    assert listed(f"since={yesterday}") == [failed, of_orchestra]
    assert listed(f"since={yesterday}&status=queued") == [of_orchestra]


def test_pages_hold_still_while_runs_are_added(caller: Caller, score: Score) -> None:
    path = f"/scores/{score.id}/runs"
    a, b, c, d, e = (read(caller.post(path, {}), 201)["id"] for _ in range(5))
    now = timezone.now()
    Run.objects.filter(pk__in=[a, b, c]).update(queued_at=now - timedelta(minutes=1))
    Run.objects.filter(pk__in=[d, e]).update(queued_at=now - timedelta(minutes=2))

    found, cursor = [], ""
    for _ in range(3):
        listed = read(caller.get(f"/runs?limit=2{cursor}"))
        found += [run["id"] for run in listed["items"]]
        cursor = f"&cursor={listed['next_cursor']}"
        read(caller.post(path, {}), 201)

    assert found == [*sorted((a, b, c), reverse=True), *sorted((d, e), reverse=True)]
    assert listed["next_cursor"] is None


def test_a_list_asks_the_database_the_same_number_of_times_however_long_it_is(
    caller: Caller, score: Score, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    read(caller.get("/runs"))
    for _ in range(5):
        read(caller.post(f"/scores/{score.id}/runs", {}), 201)

    with django_assert_num_queries(2):
        assert len(read(caller.get("/runs"))["items"]) == 5


def test_a_waiting_run_is_cancelled_at_once_and_only_once(caller: Caller, score: Score) -> None:
    run = read(caller.post(f"/scores/{score.id}/runs", {}), 201)["id"]

    cancelled = read(caller.post(f"/runs/{run}/cancel"))

    assert cancelled["status"] == "cancelled" and cancelled["finished_at"]
    refused(caller.post(f"/runs/{run}/cancel"), 409, "conflict")


def test_the_nodes_of_a_run_are_shown_as_recorded(caller: Caller, score: Score) -> None:
    run = read(caller.post(f"/scores/{score.id}/runs", {}), 201)["id"]
    RunNode.objects.create(
        run_id=run,
        node_key="only",
        status=NodeStatus.SUCCEEDED,
        port="success",
        input={"a": 1},
        output_json={"b": 2},
        tokens_input=5,
        tokens_cache_write_5m=1,
        tokens_cache_write_1h=2,
        cost_microdollars=12345,
    )
    RunNode.objects.create(run_id=run, node_key="gone", status=NodeStatus.FAILED, iteration="m:1",
                           error={"code": "x", "message": "y", "details": {}, "node": "gone"})  # fmt: skip

    first = read(caller.get(f"/runs/{run}/nodes?limit=1"))
    second = read(caller.get(f"/runs/{run}/nodes?limit=1&cursor={first['next_cursor']}"))

    assert first["items"] == [
        {
            "node": "only",
            "label": "",
            "kind": "deterministic",
            "iteration": "",
            "attempt": 1,
            "call": 0,
            "operation": "",
            "guarantee": None,
            "child_run_id": None,
            "status": "succeeded",
            "port": "success",
            "input": {"a": 1},
            "output": {"b": 2},
            "error": None,
            "agent_id": None,
            "agent_version": None,
            "model": None,
            "tokens": {"input": 5, "output": 0, "cache_read": 0, "cache_write": 3},
            "cost_cents": 1.2345,
            "cost_microdollars": 12345,
            "started_at": None,
            "finished_at": None,
            "reused_from": None,
        }
    ]
    shown = second["items"][0]
    assert (shown["node"], shown["iteration"], shown["kind"]) == ("gone", "m:1", "")
    assert shown["error"]["code"] == "x"
    assert second["next_cursor"] is None


def test_a_person_answers_for_a_write_that_was_cut_in_half(caller: Caller, score: Score) -> None:
    run = read(caller.post(f"/scores/{score.id}/runs", {}), 201)["id"]
    path, answer = f"/runs/{run}/nodes/only/answer", {"iteration": "each:1", "sent": True}
    refused(caller.post(path, answer), 409, "conflict")
    play(run, status="needs_attention")
    RunNode.objects.create(
        run_id=run, node_key="only", iteration="each:1", status=NodeStatus.NEEDS_ATTENTION
    )

    refused(caller.post(path, {"sent": True}), 404, "not_found")
    assert read(caller.post(path, answer))["status"] == "queued"
    assert RunNode.objects.get().status == NodeStatus.SUCCEEDED


def test_a_program_decides_at_a_gate_and_only_once(caller: Caller, score: Score) -> None:
    run = read(caller.post(f"/scores/{score.id}/runs", {}), 201)["id"]
    path = f"/runs/{run}/nodes/review/decision"
    play(run, status="waiting", waiting_for="gate")
    items = [{"to": "ada"}, {"to": "bob"}, {"to": "eve"}]
    RunNode.objects.create(
        run_id=run, node_key="review", status=NodeStatus.WAITING, output_json={"items": items}
    )
    approve, drop = {"index": 0, "decision": "approve"}, {"index": 2, "decision": "drop"}
    edit = {"index": 1, "decision": "edit", "item": {"to": "bea"}}

    for wrong in ([approve, drop], [approve, drop, {"index": 1, "decision": "edit"}]):
        refused(caller.post(path, {"items": wrong}), 422, "invalid_input")
    elsewhere = {"items": [approve, edit, drop], "iteration": "each:1"}
    refused(caller.post(path, elsewhere), 404, "not_found")
    said = read(caller.post(path, {"items": [approve, edit, drop], "comment": "Bea it is"}))

    assert (said["status"], said["waiting_for"]) == ("queued", "")
    assert RunNode.objects.get().output_json == {
        "approved": [{"to": "ada"}, {"to": "bea"}],
        "dropped": [{"to": "eve"}],
    }
    refused(caller.post(path, {"items": [approve, edit, drop]}), 409, "conflict")


def test_a_node_names_the_run_that_plays_it_and_how_often_its_effect_happens(
    caller: Caller, score: Score
) -> None:
    run = make_run(score)
    child = make_run(score, parent_run=run, parent_node_key="inner")
    make_node(run, "inner", child_run_id=child.pk)
    make_node(run, "send", operation="email.send_email", effect="write")
    make_node(run, "note", operation="pipeline.log_activity", effect="local")
    make_node(run, "ask", call=1, operation="agent:helper")

    inner, send, note, helper = read(caller.get(f"/runs/{run.pk}/nodes"))["items"]

    assert (inner["child_run_id"], inner["guarantee"]) == (child.pk, None)
    assert (send["child_run_id"], send["guarantee"]) == (None, "once_per_key")
    assert note["guarantee"] == "exactly_once"
    assert (helper["operation"], helper["guarantee"]) == ("agent:helper", None)
    assert read(caller.get(f"/runs/{child.pk}"))["parent_run_id"] == run.pk
