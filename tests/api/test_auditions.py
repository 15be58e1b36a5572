"""Auditions over REST."""

import pytest

from agents.models import Agent
from runs.auditions.models import Audition
from tests.runs.agents import model
from tests.runs.auditions.stage import NEW_PROMPT, classifier, recorded, sorting
from tests.runs.stage import play_here

from .callers import JSON, Caller, read, refused

pytestmark = pytest.mark.django_db(transaction=True)

CHANGED = {"candidate": {"system_prompt": NEW_PROMPT}}


def old(reply: str) -> str:
    return "unsure"


def new(reply: str) -> str:
    return "interested" if "next year" in reply else "unsure"


@pytest.fixture
def agent_id() -> str:
    agent = classifier()
    recorded(agent, ["Yes, but next year", "Who are you?"], sorting(old=old))
    return agent.pk


@pytest.fixture
def caller(agent_id: str) -> Caller:
    return Caller.of(Agent.objects.get(pk=agent_id).workspace)


def played(caller: Caller, agent_id: str, body: JSON) -> JSON:
    audition = read(caller.post(f"/agents/{agent_id}/auditions", body), 201)
    with model(sorting(new=new)):
        play_here(Audition.objects.get(pk=audition["id"]).run)  # type: ignore[arg-type]
    return read(caller.get(f"/auditions/{audition['id']}"))


def test_a_dry_run_says_the_price_and_starts_nothing(caller: Caller, agent_id: str) -> None:
    said = read(caller.post(f"/agents/{agent_id}/auditions", {**CHANGED, "dry_run": True}))

    assert said["selected"] == "the last 50 inputs"
    assert said["forecast"]["rows"] == 2
    assert 0 < said["forecast"]["low"] < said["forecast"]["expected"] < said["forecast"]["high"]
    assert said["budget_microdollars"] >= said["forecast"]["high"]
    assert not Audition.objects.exists()


def test_an_audition_from_its_start_to_the_saved_version(caller: Caller, agent_id: str) -> None:
    audition = played(caller, agent_id, CHANGED)

    assert (audition["status"], audition["passed"]) == ("done", True)
    assert audition["totals"]["flipped"] == 1
    (row,) = read(caller.get(f"/auditions/{audition['id']}/rows?changed=true"))["items"]
    assert row["changes"] == [{"field": "intent", "old": "unsure", "new": "interested"}]
    assert row["flips"][0]["after"] == "person"
    place = f"/auditions/{audition['id']}/rows/{row['number']}"
    assert read(caller.patch(place, {"verdict": "better"}))["verdict"] == "better"
    assert read(caller.patch(place, {"verdict": None}))["verdict"] is None

    saved = read(caller.post(f"/auditions/{audition['id']}/save", {"note": "Next year is a yes"}))

    assert saved == {"agent_id": agent_id, "version": 2}
    (listed,) = read(caller.get(f"/agents/{agent_id}/auditions"))["items"]
    assert listed["saved_version"] == 2
    refused(caller.post(f"/auditions/{audition['id']}/save", {}), 412, "stale_version")


def test_graders_decide(caller: Caller, agent_id: str) -> None:
    graders = [
        {"kind": "field_equal", "field": "intent"},
        {"kind": "field_equal", "field": "intent", "share": 0.5},
        {"kind": "schema_valid"},
    ]

    audition = played(caller, agent_id, {**CHANGED, "graders": graders})

    assert audition["passed"] is False
    assert [(g["held"], g["of"], g["passed"]) for g in audition["totals"]["graders"]] == [
        (1, 2, False),
        (1, 2, True),
        (2, 2, True),
    ]


def test_the_same_key_hears_once(caller: Caller, agent_id: str) -> None:
    path = f"/agents/{agent_id}/auditions"

    first = read(caller.post(path, CHANGED, Idempotency_Key="build-7"), 201)
    again = read(caller.post(path, CHANGED, Idempotency_Key="build-7"))

    assert again["id"] == first["id"]
    assert Audition.objects.count() == 1
    other = {"candidate": {"system_prompt": "Otherwise."}}
    refused(caller.post(path, other, Idempotency_Key="build-7"), 409, "conflict")


def test_what_cannot_be_heard_is_refused_with_its_place(
    caller: Caller, stranger: Caller, agent_id: str
) -> None:
    path = f"/agents/{agent_id}/auditions"

    for body in (
        {},
        {"candidate": {"prompt": "x"}},
        {**CHANGED, "selection": {"last": 5, "sample": 5}},
        {**CHANGED, "selection": {"last": 100_000}},
        {**CHANGED, "graders": [{"kind": "vibes"}]},
        {**CHANGED, "budget_microdollars": 0},
        {"candidate": {"output_schema": {"type": "list"}}},
        {"candidate": {"allowed_tools": ["nothing.there"]}},
        {**CHANGED, "selection": {"runs": ["run_unknown"]}},
    ):
        refused(caller.post(path, body), 422, "invalid_input")
    unchanged = refused(caller.post(path, {"candidate": {"name": "Other"}}), 422, "invalid_input")
    assert unchanged["message"].startswith("There is nothing to compare: the candidate is ")
    unpriced = {**CHANGED["candidate"], "model": "nobody-1"}
    told = refused(caller.post(path, {"candidate": unpriced}), 422, "invalid_input")
    assert told["details"]["errors"][0]["place"] == "body.candidate.model"
    refused(stranger.post(path, CHANGED), 404, "not_found")
    refused(caller.get("/auditions/au_unknown"), 404, "not_found")
    assert not Audition.objects.exists()


def test_it_is_cancelled_once_and_belongs_to_its_workspace(
    caller: Caller, stranger: Caller, agent_id: str
) -> None:
    audition = read(caller.post(f"/agents/{agent_id}/auditions", CHANGED), 201)
    place = f"/auditions/{audition['id']}"

    for asked in (
        stranger.get(place),
        stranger.get(f"{place}/rows"),
        stranger.post(f"{place}/cancel"),
    ):
        refused(asked, 404, "not_found")
    assert read(caller.post(f"{place}/cancel"))["status"] == "cancelled"
    refused(caller.post(f"{place}/cancel"), 409, "conflict")
    refused(caller.patch(f"{place}/rows/0", {"verdict": "better"}), 422, "invalid_input")
