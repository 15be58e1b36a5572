"""Orchestras over REST."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from maestro.workspaces.models import Workspace
from maestro.workspaces.vault import set_secret
from orchestras.models import Orchestra
from runs.models import Run
from scores.models import Score
from tests.factories import make_score

from .callers import JSON, Caller, read, refused


@pytest.fixture
def score(workspace: Workspace) -> Score:
    return make_score(workspace)


@pytest.fixture
def body(score: Score) -> JSON:
    return {"name": "Daily", "score_id": score.pk}


def made(caller: Caller, body: JSON, **fields: Any) -> str:
    return f"/orchestras/{read(caller.post('/orchestras', {**body, **fields}), 201)['id']}"


def tag(caller: Caller, path: str) -> str:
    return caller.get(path).headers["ETag"]


def test_an_orchestra_is_made_with_what_it_leaves_out(caller: Caller, body: JSON) -> None:
    answer = caller.post("/orchestras", body)
    said = read(answer, 201)

    assert answer.headers["Location"] == f"/api/v1/orchestras/{said['id']}"
    assert said == {
        "id": said["id"],
        "name": "Daily",
        "tag": "",
        "description": "",
        "score_id": body["score_id"],
        "score_version": None,
        "cron": "",
        "time_zone": "",
        "enabled": False,
        "overlap": "skip",
        "misfire": "once",
        "input": {},
        "budget_microdollars": None,
        "run_budget_microdollars": None,
        "bindings": {},
        "status": "paused",
        "last_fire_at": None,
        "next_fire_at": None,
    }
    again = caller.get(f"/orchestras/{said['id']}")
    assert (read(again), again.headers["ETag"]) == (said, answer.headers["ETag"])


def test_a_patch_switches_the_clock_on_and_off(caller: Caller, body: JSON) -> None:
    path = made(caller, body, cron="0 7 * * 1-5", time_zone="Europe/Berlin")

    on = caller.patch(path, {"enabled": True}, If_Match=tag(caller, path))
    assert (read(on)["status"], read(on)["enabled"]) == ("scheduled", True)
    assert read(on)["next_fire_at"] == read(caller.get(f"{path}/fires"))["items"][0]

    off = read(caller.patch(path, {"enabled": False}, If_Match=on.headers["ETag"]))
    assert (off["status"], off["next_fire_at"]) == ("paused", None)


def test_the_status_is_computed(caller: Caller, body: JSON) -> None:
    path = made(caller, body, enabled=True)
    assert read(caller.get(path))["status"] == "idle"

    run = read(caller.post(f"{path}/runs", {}), 201)["id"]
    assert read(caller.get(path))["status"] == "running"

    read(caller.post(f"/runs/{run}/cancel"))
    assert read(caller.get(path))["status"] == "idle"


def test_the_clock_and_the_runs_do_not_make_what_was_read_stale(caller: Caller, body: JSON) -> None:
    path = made(caller, body, enabled=True, cron="0 7 * * *")
    before = tag(caller, path)
    read(caller.post(f"{path}/runs", {}), 201)
    now = timezone.now()
    Orchestra.objects.update(last_fire_at=now, next_fire_at=now + timedelta(days=2))

    assert read(caller.patch(path, {"tag": "CRM"}, If_Match=before))["tag"] == "CRM"
    refused(caller.patch(path, {"tag": "Inbox"}, If_Match=before), 412, "stale_version")


def test_the_next_fires_follow_the_clock_on_the_wall(caller: Caller, body: JSON) -> None:
    path = made(caller, body, cron="30 7 * * *", time_zone="America/New_York")

    fires = read(caller.get(f"{path}/fires?count=3"))["items"]

    assert len(fires) == 3
    assert all(fire.endswith(":30:00Z") for fire in fires)
    first, second = (datetime.fromisoformat(fire) for fire in fires[:2])
    assert timezone.now() < first < second
    assert read(caller.get(f"{made(caller, body, name='By hand')}/fires"))["items"] == []
    refused(caller.get(f"{path}/fires?count=51"), 422, "invalid_input")


def test_a_put_replaces_everything_bindings_included(
    caller: Caller, body: JSON, workspace: Workspace
) -> None:
    set_secret(workspace, "tavily_eu", "a secret of eight", by="test")
    path = made(caller, body, tag="CRM", bindings={"tavily_api_key": "tavily_eu"})
    assert read(caller.get(path))["bindings"] == {"tavily_api_key": "tavily_eu"}

    kept = read(caller.patch(path, {"tag": "Inbox"}, If_Match="*"))
    assert kept["bindings"] == {"tavily_api_key": "tavily_eu"}

    said = read(caller.put(path, {**body, "name": "Weekly"}, If_Match="*"))
    assert (said["name"], said["tag"], said["bindings"]) == ("Weekly", "", {})


WRONG = [
    ({"score_id": "sc_nowhere"}, "sc_nowhere"),
    ({"score_version": 7}, "version 7"),
    ({"score_version": 10**12}, "body.score_version"),
    ({"cron": "every day"}, "cron"),
    ({"cron": "* * * * * *"}, "cron"),
    ({"time_zone": "Mars/Base"}, "Mars/Base"),
    ({"overlap": "maybe"}, "body.overlap"),
    ({"bindings": {"slot": "no_such_secret"}}, "no_such_secret"),
    ({"bindings": {"slot": 1}}, "body.bindings.slot"),
    ({"budget_microdollars": -1}, "body.budget_microdollars"),
    ({"budget_microdollars": 10**30}, "body.budget_microdollars"),
    ({"input": []}, "body.input"),
    ({"name": ""}, "body.name"),
    ({"enabled": "yes"}, "body.enabled"),
    ({"status": "running"}, "body.status"),
]


@pytest.mark.parametrize(("fields", "words"), WRONG)
def test_what_is_wrong_is_named(caller: Caller, body: JSON, fields: JSON, words: str) -> None:
    said = refused(caller.post("/orchestras", {**body, **fields}), 422, "invalid_input")

    assert words in said["message"]
    assert not Orchestra.objects.exists()


def test_a_score_with_runs_is_not_exchanged(
    caller: Caller, body: JSON, workspace: Workspace
) -> None:
    path = made(caller, body)
    other = make_score(workspace)
    read(caller.patch(path, {"score_id": other.pk}, If_Match="*"))

    read(caller.post(f"{path}/runs", {}), 201)

    refused(caller.patch(path, {"score_id": body["score_id"]}, If_Match="*"), 409, "conflict")


def test_an_orchestra_is_deleted_once_its_runs_have_ended(caller: Caller, body: JSON) -> None:
    path = made(caller, body)
    run = read(caller.post(f"{path}/runs", {}), 201)["id"]

    said = refused(caller.delete(path, If_Match=tag(caller, path)), 409, "in_use")
    assert [use["id"] for use in said["details"]["used_by"]] == [run]

    read(caller.post(f"/runs/{run}/cancel"))
    refused(caller.delete(path), 428, "precondition_required")
    assert caller.delete(path, If_Match=tag(caller, path)).status_code == 204
    assert Run.objects.get().orchestra_id is None


def test_orchestras_of_another_workspace_are_not_there(
    caller: Caller, stranger: Caller, body: JSON
) -> None:
    path = made(caller, body)

    for refusal in (
        stranger.get(path),
        stranger.get(f"{path}/fires"),
        stranger.patch(path, {"enabled": True}, If_Match="*"),
        stranger.put(path, body, If_Match="*"),
        stranger.delete(path, If_Match="*"),
    ):
        refused(refusal, 404, "not_found")
    refused(stranger.post("/orchestras", body), 422, "invalid_input")
    assert read(stranger.get("/orchestras"))["items"] == []


def test_a_list_asks_the_database_the_same_number_of_times_however_long_it_is(
    caller: Caller,
    body: JSON,
    workspace: Workspace,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    set_secret(workspace, "key", "a secret of eight", by="test")
    slots = ("apollo_api_key", "tavily_api_key")
    for number in range(4):
        made(caller, body, name=f"Daily {number}", bindings=dict.fromkeys(slots, "key"))

    with django_assert_num_queries(4):
        assert len(read(caller.get("/orchestras"))["items"]) == 4
