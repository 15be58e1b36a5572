"""A score's versions over REST."""

from maestro.workspaces.models import Workspace
from scores.actions import save_graph
from tests.factories import AUTHOR, make_score
from tests.scores.graphs import edge, graph, step

from .callers import Caller, read, refused


def test_versions_are_compared_and_an_old_one_restored(
    caller: Caller, workspace: Workspace
) -> None:
    score = make_score(workspace, graph(step("a"), step("b"), edge("a -> b")))
    save_graph(score, graph(step("a", label="First")), author=AUTHOR)
    path = f"/scores/{score.id}"

    compared = read(caller.get(f"{path}/comparison?before=1&after=2"))

    assert compared == {
        "nodes": [
            {
                "node": "a",
                "change": "changed",
                "settings": [{"field": "label", "before": "", "after": "First"}],
            },
            {"node": "b", "change": "removed", "settings": []},
        ],
        "edges": [
            {
                "edge": {"from": "a", "from_port": "success", "to": "b", "to_port": "default"},
                "change": "removed",
                "settings": [],
            }
        ],
    }
    refused(caller.post(f"{path}/versions/1/restore"), 428, "precondition_required")
    refused(caller.post(f"{path}/versions/1/restore", If_Match='"1"'), 412, "stale_version")
    restored = caller.post(f"{path}/versions/1/restore", If_Match='"2"')
    assert restored.headers["ETag"] == '"3"'
    assert [node["key"] for node in read(restored)["nodes"]] == ["a", "b"]
    assert read(caller.get(f"{path}/versions"))["items"][0]["message"] == "Restored v1"
    refused(caller.post(f"{path}/versions/9/restore", If_Match='"3"'), 404, "not_found")
    refused(caller.get(f"{path}/comparison?before=1&after=9"), 404, "not_found")


def test_versions_of_another_workspace_are_not_there(
    stranger: Caller, workspace: Workspace
) -> None:
    path = f"/scores/{make_score(workspace, graph(step('a'))).id}"
    refused(stranger.get(f"{path}/comparison?before=1&after=1"), 404, "not_found")
    refused(stranger.post(f"{path}/versions/1/restore", If_Match="*"), 404, "not_found")
