"""Scores and their graphs over REST."""

import pytest

from maestro.workspaces.models import Workspace
from orchestras.models import Orchestra
from runs.actions import cancel_run
from runs.models import Run
from tests.factories import make_agent, make_score
from tests.scores.graphs import edge, find, graph, llm, step

from .callers import JSON, Caller, read, refused

CHAIN: JSON = graph(
    step("find", label="Find it"), step("tell"), edge("find -> tell", transform={"a": "b"})
).as_json()


def made(caller: Caller, **fields: object) -> str:
    score_id: str = read(caller.post("/scores", {"name": "Lead intake", **fields}), 201)["id"]
    return f"/scores/{score_id}"


def test_a_score_is_made_without_a_graph(caller: Caller) -> None:
    answer = caller.post("/scores", {"name": "Lead intake", "pipeline_kind": "outreach"})
    said = read(answer, 201)

    assert answer.headers["Location"] == f"/api/v1/scores/{said['id']}"
    assert said == {
        "id": said["id"],
        "name": "Lead intake",
        "slug": "lead-intake",
        "description": "",
        "pipeline_kind": "outreach",
        "is_template": False,
        "source_score_id": None,
        "version": 0,
        "created_at": said["created_at"],
        "updated_at": said["updated_at"],
    }
    empty = caller.get(f"/scores/{said['id']}/graph")
    assert empty.headers["ETag"] == '"0"'
    assert read(empty) == {"message": "", "nodes": [], "edges": [], "version": 0, "warnings": []}


def test_the_tag_of_a_score_changes_with_it_and_guards_it(caller: Caller) -> None:
    path = made(caller)
    first = caller.get(path).headers["ETag"]

    refused(caller.patch(path, {"name": "Intake"}), 428, "precondition_required")
    answer = caller.patch(path, {"name": "Intake"}, If_Match=first)

    assert read(answer)["name"] == "Intake"
    assert answer.headers["ETag"] != first
    refused(caller.patch(path, {"name": "Late"}, If_Match=first), 412, "stale_version")
    refused(caller.delete(path, If_Match=first), 412, "stale_version")
    assert caller.get(path).headers["ETag"] == answer.headers["ETag"]
    assert caller.delete(path, If_Match=answer.headers["ETag"]).status_code == 204


def test_a_graph_is_saved_whole_and_read_back_as_it_was_sent(caller: Caller) -> None:
    path = made(caller)

    answer = caller.put(f"{path}/graph", {**CHAIN, "message": "first"}, If_Match='"0"')

    assert answer.headers["ETag"] == '"1"'
    assert read(answer) == {**CHAIN, "message": "first", "version": 1, "warnings": []}
    assert read(caller.get(f"{path}/graph")) == {**CHAIN, "version": 1, "warnings": []}
    assert read(caller.get(path))["version"] == 1


def test_a_graph_that_was_read_can_be_sent_back_with_a_change(caller: Caller) -> None:
    path = made(caller)
    read(caller.put(f"{path}/graph", CHAIN, If_Match='"0"'))
    answer = caller.get(f"{path}/graph")
    body = read(answer)
    body["nodes"][0]["label"] = "Look it up"

    read(caller.put(f"{path}/graph", body, If_Match=answer.headers["ETag"]))

    now = read(caller.get(f"{path}/graph"))
    assert (now["version"], now["nodes"][0]["label"]) == (2, "Look it up")
    versions = read(caller.get(f"{path}/versions"))["items"]
    assert [version["version"] for version in versions] == [2, 1]
    before = read(caller.get(f"{path}/versions/1/graph"))
    assert (before["version"], before["nodes"][0]["label"]) == (1, "Find it")
    refused(caller.get(f"{path}/versions/3/graph"), 404, "not_found")


def test_a_graph_is_not_saved_over_one_that_was_not_read(caller: Caller) -> None:
    path = f"{made(caller)}/graph"
    read(caller.put(path, CHAIN, If_Match='"0"'))

    refused(caller.put(path, CHAIN), 428, "precondition_required")
    refused(caller.put(path, {}, If_Match='"0"'), 412, "stale_version")
    assert read(caller.get(path))["version"] == 1


def test_a_graph_that_cannot_be_played_is_refused_with_every_place(caller: Caller) -> None:
    path = f"{made(caller)}/graph"
    wrong = graph(step("a"), step("b", operation="nothing"), "a.nowhere -> b", "b -> gone")

    said = refused(caller.put(path, wrong.as_json(), If_Match="*"), 422, "invalid_score")

    found = {(error["code"], error["node"]) for error in said["details"]["errors"]}
    assert len(found) >= 2
    assert ("unknown_operation", "b") in found
    assert read(caller.get(path))["version"] == 0


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"nodes": [{"key": "a", "kind": "magic"}]}, "body.nodes.0.kind"),
        ({"nodes": [{"key": "A B", "kind": "llm"}]}, "body.nodes.0.key"),
        ({"nodes": [{"key": "a", "kind": "llm", "colour": "red"}]}, "body.nodes.0.colour"),
        ({"edges": [{"from": "a"}]}, "body.edges.0.to"),
        ({"node": []}, "body.node"),
        ({"nodes": {}}, "body.nodes"),
    ],
)
def test_a_malformed_graph_is_refused_with_the_place(
    caller: Caller, change: JSON, place: str
) -> None:
    said = refused(caller.put(f"{made(caller)}/graph", change, If_Match="*"), 422, "invalid_input")

    assert place in [error["place"] for error in said["details"]["errors"]]


def test_numbers_that_no_column_holds_are_refused(caller: Caller, workspace: Workspace) -> None:
    agent = make_agent(workspace)
    wrong = graph(llm("a", agent_id=agent.pk, agent_version=10**12)).as_json()

    answer = caller.put(f"{made(caller)}/graph", wrong, If_Match="*")

    assert answer.status_code == 422, answer.content


def test_warnings_come_with_the_answer(caller: Caller) -> None:
    path = f"{made(caller)}/graph"
    body = graph(find("look"), step("tell"), "look.exists -> tell").as_json()

    saved = read(caller.put(path, body, If_Match="*"))

    assert saved["warnings"]
    assert {warning["level"] for warning in saved["warnings"]} == {"warning"}
    open_end = next(one for one in saved["warnings"] if one["code"] == "port_goes_nowhere")
    assert open_end["params"] == {"node": "look", "port": "not_found", "setting": "config.ends"}
    assert open_end["template"].format(**open_end["params"]) == open_end["message"]
    assert read(caller.get(path))["warnings"] == saved["warnings"]


def test_a_score_in_use_is_not_deleted(caller: Caller, workspace: Workspace) -> None:
    score = make_score(workspace)
    Orchestra.objects.create(workspace=workspace, name="Daily", score=score)
    run = read(caller.post(f"/scores/{score.pk}/runs", {}), 201)["id"]

    said = refused(caller.delete(f"/scores/{score.pk}", If_Match="*"), 409, "in_use")
    assert [use["type"] for use in said["details"]["used_by"]] == ["orchestra", "run"]

    cancel_run(Run.objects.get(pk=run), by="test")
    Orchestra.objects.all().delete()
    assert caller.delete(f"/scores/{score.pk}", If_Match="*").status_code == 204


def test_scores_of_another_workspace_are_not_there(
    caller: Caller, stranger: Caller, workspace: Workspace
) -> None:
    path = f"/scores/{make_score(workspace).pk}"

    for refusal in (
        stranger.get(path),
        stranger.patch(path, {"name": "mine"}, If_Match="*"),
        stranger.delete(path, If_Match="*"),
        stranger.get(f"{path}/graph"),
        stranger.put(f"{path}/graph", CHAIN, If_Match="*"),
        stranger.get(f"{path}/versions"),
        stranger.get(f"{path}/versions/1/graph"),
    ):
        refused(refusal, 404, "not_found")
    assert read(stranger.get("/scores"))["items"] == []


def test_a_graph_cannot_name_another_workspaces_agent(
    stranger: Caller, workspace: Workspace
) -> None:
    theirs = make_agent(workspace)
    body = graph(llm("think", agent_id=theirs.pk)).as_json()

    said = refused(
        stranger.put(f"{made(stranger)}/graph", body, If_Match="*"), 422, "invalid_score"
    )
    assert said["details"]["errors"][0]["node"] == "think"
