"""A plan over REST: its effects are read, decided on, and applied once."""

from typing import Any

import pytest

from maestro.workspaces.models import AuditEntry, Workspace
from runs.models import Mode, Run, RunNode
from tests.admin.rows import make_node, make_run
from tests.factories import make_score
from tests.scores.graphs import graph, map_over, step

from .callers import JSON, Caller, read, refused

PLANNED = {"code": "planned", "message": "It did not happen.", "details": {}}
MAIL = {"to": "ada@example.com", "subject": "Hello", "body": "Hi."}


@pytest.fixture
def plan(workspace: Workspace) -> Run:
    """Two mails planned, behind a read."""
    score = make_score(workspace, graph(step("list"), step("send"), "list -> send"))
    run = make_run(score, "succeeded", mode=Mode.PLAN, pins={"agents": {}})
    make_node(run, "list", operation="data.pick", effect="none")
    for number in range(2):
        effect(run, iteration=f"each:{number}", input=MAIL | {"beside": number})
    return run


def effect(run: Run, **fields: Any) -> RunNode:
    named = {"operation": "gmail.send_email", "effect": "write", "error": PLANNED}
    return make_node(run, "send", **named | fields)


def effects(caller: Caller, plan: Run, query: str = "") -> list[JSON]:
    return list(read(caller.get(f"/runs/{plan.id}/effects{query}"))["items"])


def test_effects_are_listed_with_the_arguments_they_would_have(caller: Caller, plan: Run) -> None:
    first, second = effects(caller, plan)
    page = read(caller.get(f"/runs/{plan.id}/effects?limit=1"))

    assert first["arguments"] == MAIL
    assert (first["node"], first["iteration"], first["operation"]) == (
        "send",
        "each:0",
        "gmail.send_email",
    )
    assert (first["decision"], first["outcome"]) == (None, None)
    assert page["items"] == [first]
    rest = read(caller.get(f"/runs/{plan.id}/effects?cursor={page['next_cursor']}"))
    assert rest["items"] == [second]


def test_an_effect_is_decided_on_and_the_plan_applied_once(
    caller: Caller, plan: Run, workspace: Workspace
) -> None:
    first, second = effects(caller, plan)
    edited = MAIL | {"subject": "Edited"}

    said = read(
        caller.put(
            f"/runs/{plan.id}/effects/{first['id']}", {"decision": "edit", "arguments": edited}
        )
    )
    assert (said["decision"], said["edited"]) == ("edit", edited)
    path = f"/runs/{plan.id}/apply"
    body = {"items": [{"id": second["id"], "decision": "drop"}]}
    answer = caller.post(path, body, Idempotency_Key="abc")
    run = read(answer, 201)

    assert answer.headers["Location"] == f"/api/v1/runs/{run['id']}"
    assert (run["mode"], run["trigger"], run["status"]) == ("live", "replay", "queued")
    assert [one["decision"] for one in effects(caller, plan)] == ["edit", "drop"]
    assert read(caller.post(path, body, Idempotency_Key="abc")) == run
    again = refused(caller.post(path, {}), 409, "conflict")
    assert again["details"] == {"run": run["id"]}
    entry = AuditEntry.objects.get(workspace=workspace, action="plan.applied")
    assert entry.details == {"run": run["id"], "approve": 0, "edit": 1, "drop": 1}
    assert Run.objects.filter(source_run=plan).count() == 1


def test_what_became_of_an_effect_is_said_once_the_plan_is_applied(
    caller: Caller, plan: Run
) -> None:
    run = Run.objects.get(pk=read(caller.post(f"/runs/{plan.id}/apply", {}), 201)["id"])
    first, _ = effects(caller, plan)
    make_node(run, "send", iteration="each:0", source_node_id=first["id"], output_json={"a": 1})

    first, second = effects(caller, plan)

    assert first["outcome"] == {
        "run_id": run.pk,
        "status": "succeeded",
        "output": {"a": 1},
        "error": None,
    }
    assert second["outcome"] is None


def test_what_is_dropped_may_change_others_which_is_shown_and_accepted_first(
    caller: Caller, workspace: Workspace
) -> None:
    params = {"templates": {"title": "{results} sent"}}
    counted = step("text", skill="data", operation="template", config={"params": params})
    edges = ["each.item -> send", "each -> text", "text -> tell"]
    told = step("tell", skill="notify", operation="send_event", config={"params": {"message": "-"}})
    made = make_score(
        workspace,
        graph(
            map_over("each", "send"),
            step("send", skill="notify", operation="send_event"),
            counted,
            told,
            *edges,
        ),
    )
    items = [{"title": "A", "message": "-"}, {"title": "B", "message": "-"}]
    run = make_run(made, "succeeded", mode=Mode.PLAN, pins={"agents": {}}, input={"items": items})
    named: JSON = {"operation": "notify.send_event", "effect": "local", "error": PLANNED}
    for number, item in enumerate(items):
        make_node(
            run,
            "send",
            f"each:{number}",
            input=item | {"item": item},
            output_json={"id": "n"},
            **named,
        )
    make_node(run, "each", input={"items": items}, output_json={})
    make_node(run, "text", operation="data.template", input={"results": [1, 2]})
    make_node(run, "tell", input={"title": "2 sent", "message": "-"}, output_json={}, **named)
    first, _, last = effects(caller, run)
    assert (last["changes"], last["falls"]) == ([], False)

    body: JSON = {"items": [{"id": first["id"], "decision": "drop"}]}
    said = refused(caller.post(f"/runs/{run.pk}/apply", body), 409, "conflict")
    change = {"place": "title", "planned": "2 sent", "now": "1 sent"}
    assert said["details"] == {"changed": [{"id": last["id"], "changes": [change]}], "new": []}

    caller.put(f"/runs/{run.pk}/effects/{first['id']}", {"decision": "drop"})
    assert effects(caller, run)[2]["changes"] == [change]
    read(caller.post(f"/runs/{run.pk}/apply", body | {"accept_changes": True}), 201)


@pytest.mark.parametrize(
    ("choice", "status"),
    [
        ({"decision": "maybe"}, 422),
        ({"decision": "edit"}, 422),
        ({"decision": "drop", "arguments": {}}, 422),
        ({"decision": "edit", "arguments": {"to": 7}}, 422),
        ({"decision": "edit", "arguments": {**MAIL, "unknown": 1}}, 422),
    ],
)
def test_a_decision_that_cannot_be_is_refused(
    caller: Caller, plan: Run, choice: JSON, status: int
) -> None:
    first, _ = effects(caller, plan)
    refused(caller.put(f"/runs/{plan.id}/effects/{first['id']}", choice), status, "invalid_input")
    assert effects(caller, plan)[0]["decision"] is None


def test_an_effect_of_another_plan_is_not_there(caller: Caller, plan: Run) -> None:
    other = effect(make_run(plan.score, "succeeded", mode=Mode.PLAN))
    refused(
        caller.put(f"/runs/{plan.id}/effects/{other.pk}", {"decision": "drop"}), 404, "not_found"
    )
    body = {"items": [{"id": other.pk, "decision": "drop"}]}
    refused(caller.post(f"/runs/{plan.id}/apply", body), 422, "invalid_input")


def test_only_a_plan_that_succeeded_is_applied(caller: Caller, plan: Run) -> None:
    for run in (
        make_run(plan.score, "succeeded"),
        make_run(plan.score, "failed", mode=Mode.PLAN),
        make_run(plan.score, "running", mode=Mode.PLAN),
    ):
        refused(caller.post(f"/runs/{run.pk}/apply", {}), 409, "conflict")
