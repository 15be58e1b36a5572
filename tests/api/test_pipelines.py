"""Pipelines over REST: contacts in pages and as a table, and a table of new ones in."""

import pytest

from agents.skills.pipeline.actions import DEFAULT_STAGES, create_pipeline
from agents.skills.pipeline.models import Contact, Delivery, Kind, Pipeline
from maestro.workspaces.models import AuditEntry, Workspace
from maestro.workspaces.vault import set_secret

from .callers import Caller, read, refused

TABLE = "email,name,stage\nada@example.com,Ada,won\nben@example.com,Ben,\nno address,Cy,\n"


@pytest.fixture
def pipeline(workspace: Workspace) -> Pipeline:
    return create_pipeline(workspace, name="Outreach", slug="outreach", kind=Kind.OUTREACH)


def test_a_table_goes_in_and_its_contacts_come_out(caller: Caller, pipeline: Pipeline) -> None:
    path = f"/pipelines/{pipeline.pk}"
    told = read(caller.post(f"{path}/imports", {"csv": TABLE}))
    assert told == {
        "created": 2,
        "known": 0,
        "moved": 0,
        "refused": [{"row": 4, "reason": "'no address' is not an email address"}],
    }
    assert read(caller.post(f"{path}/imports", {"csv": TABLE}))["known"] == 2

    assert read(caller.get("/pipelines"))["items"] == [read(caller.get(path))]
    won = read(caller.get(f"{path}/contacts?stage=won"))["items"]
    assert [(one["email"], one["company"]) for one in won] == [("ada@example.com", None)]
    first = read(caller.get(f"{path}/contacts?limit=1"))
    rest = read(caller.get(f"{path}/contacts?limit=1&cursor={first['next_cursor']}"))
    shown = [one["name"] for answer in (first, rest) for one in answer["items"]]
    assert sorted(shown) == ["Ada", "Ben"]
    table = caller.get(f"{path}/contacts.csv?stage=won")
    assert table["Content-Type"] == "text/csv; charset=utf-8"
    assert table.content.decode().splitlines() == [
        "email,external_id,name,title,company,domain,stage",
        "ada@example.com,,Ada,,,,won",
    ]


def test_what_cannot_be_is_refused_with_its_place(
    caller: Caller, stranger: Caller, pipeline: Pipeline
) -> None:
    path = f"/pipelines/{pipeline.pk}"
    said = refused(caller.post(f"{path}/imports", {"csv": "a,b\n1,2\n"}), 422, "invalid_input")
    assert said["details"]["errors"][0]["place"] == "body.csv"
    refused(caller.get(f"{path}/contacts?stage=dreaming"), 422, "invalid_input")
    refused(caller.get(f"{path}/contacts?stagge=won"), 422, "invalid_input")
    for answer in (
        stranger.get(path),
        stranger.get(f"{path}/contacts.csv"),
        stranger.post(f"{path}/imports", {"csv": TABLE}),
    ):
        refused(answer, 404, "not_found")
    path = f"/pipelines/{pipeline.pk}/contacts"
    for field, wrong in (("email", "nowhere"), ("stage", "dreaming")):
        answer = caller.post(path, {"email": "ada@example.com", field: wrong})
        said = refused(answer, 422, "invalid_input")
        assert said["details"]["errors"][0]["place"] == f"body.{field}"


def test_to_import_needs_the_scope(workspace: Workspace, pipeline: Pipeline) -> None:
    reader = Caller.of(workspace, "pipeline:read")
    path = f"/pipelines/{pipeline.pk}"
    assert read(reader.get(f"{path}/contacts"))["items"] == []
    refused(reader.post(f"{path}/imports", {"csv": TABLE}), 403, "forbidden")
    refused(Caller.of(workspace, "run:read").get(path), 403, "forbidden")


def test_contacts_are_made_changed_and_moved_one_by_one_and_together(
    caller: Caller, stranger: Caller, pipeline: Pipeline
) -> None:
    path = f"/pipelines/{pipeline.pk}"
    made = caller.post(f"{path}/contacts", {"email": "ada@example.com", "domain": "example.com"})
    ada = read(made, 201)
    assert (ada["stage"], ada["domain"]) == ("new", "example.com")
    assert read(caller.post(f"{path}/contacts", {"email": "ADA@example.com"}))["id"] == ada["id"]
    refused(caller.post(f"{path}/contacts", {"name": "Nobody"}), 422, "invalid_input")

    one = f"/contacts/{ada['id']}"
    refused(caller.patch(one, {"stage": "won"}), 428, "precondition_required")
    tag = {"if_match": made["ETag"]}
    refused(caller.patch(one, {"stage": "dreaming"}, **tag), 422, "invalid_input")
    refused(caller.patch(one, {"email": "nowhere"}, **tag), 422, "invalid_input")
    assert read(caller.patch(one, {"stage": "won", "name": "Ada"}, **tag))["stage"] == "won"
    refused(caller.patch(one, {"name": "Late"}, **tag), 412, "stale_version")
    assert read(caller.post(f"{path}/moves", {"contact_ids": [ada["id"]], "stage": "lost"})) == {
        "moved": 1
    }
    moves = read(caller.get(f"{one}/activities"))["items"]
    assert [(move["old_stage"], move["new_stage"]) for move in moves] == [
        ("won", "lost"),
        ("new", "won"),
    ]
    assert all(move["by"].startswith("API key test") for move in moves)
    for answer in (
        stranger.get(one),
        stranger.get(f"{one}/activities"),
        stranger.patch(one, {"stage": "won"}, if_match="*"),
        stranger.post(f"{path}/moves", {"contact_ids": [ada["id"]], "stage": "won"}),
    ):
        refused(answer, 404, "not_found")
    assert caller.delete(one, if_match="*").status_code == 204


def test_a_pipeline_is_made_changed_and_gone(
    caller: Caller, stranger: Caller, workspace: Workspace
) -> None:
    made = caller.post("/pipelines", {"name": "Blog posts", "kind": "content"})
    told = read(made, 201)
    one = f"/pipelines/{told['id']}"
    assert (told["slug"], told["stages"]) == ("blog-posts", DEFAULT_STAGES[Kind.CONTENT])
    refused(caller.post("/pipelines", {"name": "B", "slug": "blog-posts"}), 422, "invalid_input")
    for wrong in ({"kind": "odd"}, {"stages": ["no slug!"]}, {"stages": ["a", "a"]}, {"name": ""}):
        refused(caller.post("/pipelines", {"name": "B", **wrong}), 422, "invalid_input")

    changed = caller.patch(one, {"stages": ["new", "done"]}, if_match=made["ETag"])
    assert read(changed)["stages"] == ["new", "done"]
    refused(caller.patch(one, {"name": "Late"}, if_match=made["ETag"]), 412, "stale_version")
    read(caller.post(f"{one}/contacts", {"email": "ada@example.com"}), 201)
    refused(caller.patch(one, {"stages": ["done"]}, if_match="*"), 409, "in_use")
    refused(stranger.patch(one, {"name": "Mine"}, if_match="*"), 404, "not_found")

    refused(caller.delete(one, if_match="*"), 409, "in_use")
    assert caller.delete(f"{one}?confirm=true", if_match=changed["ETag"]).status_code == 204
    assert not Contact.objects.exists()
    deeds = AuditEntry.objects.filter(object_id=told["id"]).values_list("action", flat=True)
    assert {"pipeline.created", "pipeline.changed", "pipeline.deleted"} <= set(deeds)
    refused(Caller.of(workspace, "pipeline:read").post("/pipelines", {}), 403, "forbidden")


def test_webhooks_are_registered_tried_and_looked_after(
    caller: Caller, stranger: Caller, workspace: Workspace, pipeline: Pipeline
) -> None:
    secret = set_secret(workspace, "moves-key", "canary-signing-key", by="ada")
    path = f"/pipelines/{pipeline.pk}/webhooks"
    body = {"url": "https://hooks.example.com/moves", "secret_id": secret.pk}
    refused(caller.post(path, {**body, "url": "ftp://example.com"}), 422, "invalid_input")
    inside = {**body, "url": "http://127.0.0.1:9000/moves"}
    (wrong,) = refused(caller.post(path, inside), 422, "invalid_input")["details"]["errors"]
    assert "url" in wrong["place"] and "private network" in wrong["message"]
    refused(caller.post(path, {**body, "secret_id": "se_other"}), 404, "not_found")
    made = caller.post(path, body)
    hook = {**read(made, 201), "warnings": []}  # DNS decides on those
    one = f"/webhooks/{hook['id']}"
    assert read(caller.get(path))["items"] == [hook] == [read(caller.get(one))]
    refused(caller.post(path, body), 422, "invalid_input")

    told = read(caller.post(f"{one}/test"), 201)
    assert (told["state"], told["body"]["type"]) == ("waiting", "pipeline.test")
    Delivery.objects.update(due_at=None, error="hooks.example.com answered 500")
    lost = read(caller.get(f"{one}/deliveries?state=given up"))["items"]
    assert [(row["id"], row["error"]) for row in lost] == [
        (told["id"], "hooks.example.com answered 500")
    ]
    again = read(caller.post(f"/deliveries/{told['id']}/send"))
    assert (again["id"], again["state"], again["attempts"]) == (told["id"], "waiting", 0)

    refused(caller.patch(one, {"url": inside["url"]}, if_match="*"), 422, "invalid_input")
    Workspace.objects.update(egress_hosts=["example.org"])
    off = caller.patch(one, {"enabled": False}, if_match=made["ETag"])
    assert read(off)["enabled"] is False
    refused(caller.post(f"{one}/test"), 409, "conflict")
    for answer in (
        stranger.get(one),
        stranger.get(f"{one}/deliveries"),
        stranger.post(f"/deliveries/{told['id']}/send"),
        stranger.delete(one, if_match="*"),
    ):
        refused(answer, 404, "not_found")
    assert caller.delete(one, if_match=off["ETag"]).status_code == 204
    assert not Delivery.objects.exists()
