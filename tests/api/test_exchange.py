"""Export and import over REST."""

from maestro.workspaces.models import Workspace
from tests.factories import make_agent, make_score
from tests.scores.graphs import find, graph, llm

from .callers import Caller, read, refused


def test_a_score_moves_to_another_workspace_after_a_look(
    caller: Caller, stranger: Caller, workspace: Workspace
) -> None:
    agent = make_agent(workspace, slug="sorter")
    drawn = graph(find("look"), llm("sort", agent_id=agent.pk), "look.exists -> sort")
    score = make_score(workspace, drawn, slug="triage")

    document = read(caller.get(f"/scores/{score.id}/export"))

    refused(stranger.get(f"/scores/{score.id}/export"), 404, "not_found")
    looked = read(stranger.post("/imports", {"document": document, "dry_run": True}))
    assert [(one["kind"], one["name"], one["change"]) for one in looked["changes"]] == [
        ("agent", "sorter", "created"),
        ("score", "triage", "created"),
    ]
    warned = {one["code"]: one["node"] for one in looked["changes"][1]["warnings"]}
    assert warned["port_goes_nowhere"] == "look"
    assert read(stranger.get("/scores"))["items"] == []
    done = read(stranger.post("/imports", {"document": document, "seal": looked["seal"]}))
    assert done == {**looked, "dry_run": False}
    assert [one["slug"] for one in read(stranger.get("/scores"))["items"]] == ["triage"]
    refused(
        stranger.post("/imports", {"document": document, "seal": looked["seal"]}), 409, "conflict"
    )


def test_a_document_at_fault_is_refused_with_its_place(caller: Caller) -> None:
    said = refused(
        caller.post("/imports", {"document": {"maestro": 1, "skores": []}}), 422, "invalid_input"
    )
    assert "body.document.skores" in str(said)
    lonely = {"slug": "s", "name": "S", "graph": {"nodes": [{"key": "x", "kind": "odd"}]}}
    said = refused(
        caller.post("/imports", {"document": {"maestro": 1, "scores": [lonely]}}),
        422,
        "invalid_score",
    )
    assert said["details"]["place"] == "scores.s"
