"""Budgets over REST: how they stand, who raises them, what they refuse."""

import pytest

from maestro.workspaces.models import AuditEntry, Workspace
from runs.models import Run
from tests.admin.rows import make_run
from tests.factories import make_orchestra, make_score

from .callers import Caller, read, refused


@pytest.fixture
def run(workspace: Workspace) -> Run:
    score = make_score(workspace)
    orchestra = make_orchestra(score, budget_microdollars=500)
    return make_run(
        score, orchestra=orchestra, status="waiting", waiting_for="budget", cost_microdollars=700
    )


def test_a_run_names_each_budget_it_takes_from(caller: Caller, run: Run) -> None:
    items = read(caller.get(f"/runs/{run.pk}/budget"))["items"]

    assert [(one["scope"], one["budget_microdollars"]) for one in items] == [
        ("run", None),
        ("orchestra", 500),
        ("workspace", None),
    ]
    assert {one["spent_microdollars"] for one in items} == {700}
    assert [one["is_reached"] for one in items] == [False, True, False]
    assert read(caller.get(f"/orchestras/{run.orchestra_id}/budget"))["items"] == items[1:]
    assert read(caller.get("/workspace/budget"))["items"] == items[2:]


def test_a_runs_budget_is_set_while_it_lasts(caller: Caller, run: Run) -> None:
    said = read(caller.post(f"/runs/{run.pk}/budget", {"budget_microdollars": 1000}))

    assert said["items"][0]["budget_microdollars"] == 1000
    run.refresh_from_db()
    assert run.events.get(kind="run.budget_set").payload["budget_microdollars"] == 1000

    read(caller.post(f"/runs/{run.pk}/cancel"))
    refused(caller.post(f"/runs/{run.pk}/budget", {"budget_microdollars": 1}), 409, "conflict")


@pytest.mark.parametrize("amount", [-1, 10**16, 1.5, "1"])
def test_an_amount_that_is_none_is_refused(caller: Caller, run: Run, amount: object) -> None:
    answer = caller.post(f"/runs/{run.pk}/budget", {"budget_microdollars": amount})
    refused(answer, 422, "invalid_input")


def test_the_workspace_is_changed_by_who_has_seen_it(caller: Caller, workspace: Workspace) -> None:
    tag = caller.get("/workspace").headers["ETag"]
    body = {"monthly_budget_microdollars": 2_000_000}
    refused(caller.patch("/workspace", body), 428, "precondition_required")

    answer = caller.patch("/workspace", body, If_Match=tag)

    assert read(answer)["monthly_budget_microdollars"] == 2_000_000
    assert AuditEntry.objects.filter(action="workspace.changed").exists()
    refused(caller.patch("/workspace", body, If_Match=tag), 412, "stale_version")
    back = {"monthly_budget_microdollars": None}
    assert read(caller.patch("/workspace", back, If_Match=answer.headers["ETag"]))


def test_the_hosts_that_skills_may_reach_are_named(caller: Caller, workspace: Workspace) -> None:
    body = {"egress_hosts": ["API.example.com", "*.example.org", "api.example.com"]}
    answer = caller.patch("/workspace", body, If_Match="*")
    assert read(answer)["egress_hosts"] == ["api.example.com", "*.example.org"]
    for wrong in ("https://api.example.com", "api.example.com/x", "*", "a b", "x.test:8443"):
        said = caller.patch("/workspace", {"egress_hosts": [wrong]}, If_Match="*")
        refused(said, 422, "invalid_input")
    assert read(caller.get("/workspace"))["egress_hosts"] == ["api.example.com", "*.example.org"]


def test_a_key_without_the_scope_changes_no_workspace(workspace: Workspace, run: Run) -> None:
    caller = Caller.of(workspace, "run:write", "run:read")
    refused(caller.patch("/workspace", {"name": "x"}, If_Match="*"), 403, "forbidden")


def test_another_workspaces_money_is_not_there(stranger: Caller, run: Run) -> None:
    refused(stranger.get(f"/runs/{run.pk}/budget"), 404, "not_found")
    refused(stranger.post(f"/runs/{run.pk}/budget", {"budget_microdollars": 1}), 404, "not_found")
    refused(stranger.get(f"/orchestras/{run.orchestra_id}/budget"), 404, "not_found")
