"""The catalog over REST."""

from maestro.workspaces.models import Notification, Workspace
from tests.admin.rows import make_node, make_run
from tests.factories import make_agent, make_score
from tests.scores.graphs import graph, step

from .callers import Caller, read, refused


def test_operations_say_who_uses_them_and_how_they_did(
    workspace: Workspace, caller: Caller, stranger: Caller
) -> None:
    score = make_score(workspace, graph(step("fetch", skill="http", operation="get")))
    agent = make_agent(workspace, allowed_tools=["http.get"])
    run = make_run(score)
    make_node(run, "fetch", operation="http.get")
    make_node(run, "fetch", "a:1", operation="http.get", status="failed", error={"code": "x"})

    listed = {one["operation"]: one for one in read(caller.get("/operations"))["items"]}
    told = read(caller.get("/operations/http.get"))

    assert listed["http.get"]["figures"]["calls"] == 2
    assert listed["data.sort"]["figures"] is None
    assert (told["figures"]["errors"], told["figures"]["median_ms"]) == (1, 1000)
    assert told["scores"] == [{"id": score.pk, "name": score.name, "nodes": ["fetch"]}]
    assert told["allowed_to"] == [{"id": agent.pk, "name": agent.name}]
    assert [(one["run_id"], one["iteration"]) for one in told["failures"]] == [(run.pk, "a:1")]
    assert read(stranger.get("/operations/http.get"))["scores"] == []


def test_operations_are_listed_by_what_is_asked_of_them(caller: Caller) -> None:
    def names(query: str) -> list[str]:
        return [one["operation"] for one in read(caller.get(f"/operations?{query}"))["items"]]

    writes = ["gmail.send_email", "gmail.label_thread"]
    assert names("skill=gmail&effect=write") == writes
    assert {name.partition(".")[0] for name in names("kind=llm")} == {"compose"}
    assert names("skill=nothing") == []
    assert [one["name"] for one in read(caller.get("/skills?name=gmail"))["items"]] == ["gmail"]
    for wrong in ("/operations?skil=gmail", "/operations?effect=odd", "/skills?skill=gmail"):
        refused(caller.get(wrong), 422, "invalid_input")


def test_the_health_of_secrets_is_told(caller: Caller) -> None:
    told = read(caller.get("/operations/apollo.find_leads"))

    assert told["secrets"] == [
        {
            "slot": "apollo_api_key",
            "hosts": ["api.apollo.io"],
            "filled_by": None,
            "outcome": None,
        }
    ]


def test_an_operation_is_tried_and_its_error_is_an_answer(caller: Caller) -> None:
    sort = {"input": {"rows": [{"n": 2}, {"n": 1}], "by": "n"}}

    done = read(caller.post("/operations/data.sort/try", sort))
    failed = read(caller.post("/operations/data.sort/try", {"input": {"by": "n"}}))

    assert (done["port"], done["output"]) == ("success", {"rows": [{"n": 1}, {"n": 2}]})
    assert failed["error"]["code"] == "invalid_node_input"


def test_a_write_is_tried_only_when_it_is_confirmed(workspace: Workspace, caller: Caller) -> None:
    said = {"input": {"title": "Hello"}}

    refused(caller.post("/operations/notify.send_event/try", said), 409, "conflict")
    assert not Notification.objects.exists()
    read(caller.post("/operations/notify.send_event/try", {**said, "confirm": True}))
    assert Notification.objects.get().title == "Hello"


def test_the_catalog_needs_its_scopes(workspace: Workspace, caller: Caller) -> None:
    reader = Caller.of(workspace, "score:read", "agent:read")

    refused(reader.post("/operations/data.sort/try", {}), 403, "forbidden")
    refused(Caller.of(workspace, "run:read").get("/operations"), 403, "forbidden")
    refused(caller.get("/operations/http.teleport"), 404, "not_found")
    refused(caller.get("/operations/nothing"), 404, "not_found")
