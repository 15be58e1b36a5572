"""Pipelines over REST: contacts in pages and as a table, and a table of new ones in."""

import pytest

from agents.skills.pipeline.actions import create_pipeline
from agents.skills.pipeline.models import Kind, Pipeline
from maestro.workspaces.models import Workspace

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


def test_to_import_needs_the_scope(workspace: Workspace, pipeline: Pipeline) -> None:
    reader = Caller.of(workspace, "pipeline:read")
    path = f"/pipelines/{pipeline.pk}"
    assert read(reader.get(f"{path}/contacts"))["items"] == []
    refused(reader.post(f"{path}/imports", {"csv": TABLE}), 403, "forbidden")
    refused(Caller.of(workspace, "run:read").get(path), 403, "forbidden")
