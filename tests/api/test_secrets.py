"""Secrets over REST: a value goes in and never comes out."""

import pytest
from pytest_django import Settings

from maestro.workspaces.models import Secret, Workspace
from maestro.workspaces.vault import read_secret, set_secret
from orchestras.actions import bind_secrets
from tests.factories import AUTHOR, make_agent, make_orchestra, make_score
from tests.scores.graphs import graph, llm, step

from .callers import JSON, Caller, read, refused

VALUE = "canary-8f2a91c4"
TOKEN: JSON = {"name": "github_token", "value": VALUE, "hosts": ["api.github.com"]}


def test_a_value_goes_in_and_no_answer_shows_it(caller: Caller, stranger: Caller) -> None:
    made = caller.post("/secrets", TOKEN)
    path = "/secrets/" + read(made, 201)["id"]

    answers = [made, caller.get(path), caller.get("/secrets"), caller.post("/secrets", TOKEN)]

    assert all(VALUE.encode() not in answer.content for answer in answers)
    shown = read(caller.get(path))
    assert (shown["version"], shown["hosts"], shown["bound_by"]) == (1, ["api.github.com"], [])
    refused(answers[-1], 409, "conflict")
    refused(stranger.get(path), 404, "not_found")
    assert read(stranger.get("/secrets"))["items"] == []
    assert read_secret(Secret.objects.get()) == VALUE


def test_a_new_value_is_the_next_version_for_who_has_seen_the_last(caller: Caller) -> None:
    made = caller.post("/secrets", TOKEN)
    path, tag = "/secrets/" + read(made, 201)["id"], made.headers["ETag"]
    refused(caller.patch(path, {"value": "another-value"}), 428, "precondition_required")

    changed = caller.patch(path, {"value": "another-value"}, If_Match=tag)

    assert read(changed)["version"] == 2
    assert read_secret(Secret.objects.get()) == "another-value"
    refused(caller.patch(path, {"description": "late"}, If_Match=tag), 412, "stale_version")
    read(caller.patch(path, {"description": "ours"}, If_Match=changed.headers["ETag"]))
    assert read(caller.get(path))["description"] == "ours"
    assert caller.delete(path, If_Match="*").status_code == 204


def test_a_bound_secret_stays(caller: Caller, workspace: Workspace) -> None:
    path = "/secrets/" + read(caller.post("/secrets", TOKEN), 201)["id"]
    orchestra = make_orchestra(make_score(workspace))
    bind_secrets(orchestra, {"tavily_api_key": Secret.objects.get()}, author=AUTHOR)

    assert read(caller.get(path))["bound_by"] == [orchestra.pk]
    said = refused(caller.delete(path, If_Match="*"), 409, "in_use")
    assert said["details"]["used_by"][0]["id"] == orchestra.pk


@pytest.mark.parametrize(
    "body",
    [{**TOKEN, "value": "short"}, {**TOKEN, "name": "no slug!"}, {**TOKEN, "hosts": ["a b"]}],
)
def test_what_cannot_be_kept_is_refused_without_the_value(caller: Caller, body: JSON) -> None:
    answer = caller.post("/secrets", body)
    refused(answer, 422, "invalid_input")
    assert VALUE.encode() not in answer.content
    assert not Secret.objects.exists()


def test_a_key_needs_the_scope(workspace: Workspace) -> None:
    reader = Caller.of(workspace, "secret:read")
    assert read(reader.get("/secrets"))["items"] == []
    refused(reader.post("/secrets", TOKEN), 403, "forbidden")


def test_who_asks_by_name_is_told_before_a_delete(
    workspace: Workspace, caller: Caller, settings: Settings
) -> None:
    find = step("find", skill="apollo", operation="find_leads")
    fetch = step(
        "fetch",
        skill="http",
        operation="get",
        config={"params": {"url": "https://x.example", "auth": {"secret": "github_token"}}},
    )
    agent = make_agent(workspace, allowed_tools=["apollo.enrich_person"])
    score = make_score(workspace, graph(find, fetch, llm("think", agent_id=agent.pk)))
    asking = {"apollo_api_key": ["find"], "github_token": ["fetch"], "anthropic_api_key": ["think"]}
    for name, nodes in asking.items():
        secret = set_secret(workspace, name, VALUE, by=AUTHOR)
        path = f"/secrets/{secret.pk}"

        said = refused(caller.delete(path, If_Match="*"), 409, "in_use")

        uses = [(use["id"], use["nodes"]) for use in said["details"]["used_by"]]
        agents: list[object] = [(agent.pk, [])] if name == "apollo_api_key" else []
        assert uses == [(score.pk, nodes), *agents]
        assert caller.delete(f"{path}?confirm=true", If_Match="*").status_code == 204

    settings.ENVIRONMENT_SECRETS = {"apollo_api_key": VALUE}
    Workspace.objects.update(settings={"env_secrets": True})
    kept = set_secret(workspace, "apollo_api_key", VALUE, by=AUTHOR)
    assert caller.delete(f"/secrets/{kept.pk}", If_Match="*").status_code == 204


def test_a_confirmed_delete_of_a_bound_secret_is_refused_all_the_same(
    workspace: Workspace, caller: Caller
) -> None:
    secret = set_secret(workspace, "apollo_api_key", VALUE, by=AUTHOR)
    bind_secrets(make_orchestra(make_score(workspace)), {"tavily_api_key": secret}, author=AUTHOR)

    refused(caller.delete(f"/secrets/{secret.pk}?confirm=true", If_Match="*"), 409, "in_use")
