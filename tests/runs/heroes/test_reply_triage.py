"""reply-triage-v2, live, in each case its description names."""

from typing import Any

from agents.skills.pipeline.models import Activity, Contact
from maestro.workspaces.models import Level, Notification
from runs.models import NodeStatus, Run, RunStatus
from tests.far_ends.gmail import GmailEnd
from tests.runs.heroes.conftest import AddContact, Play, everything_said
from tests.runs.heroes.oracle import Oracle

SLUG = "reply-triage-v2"
KNOWN = {
    "maya@northwind.example": "interested",
    "jonas@alpenglow.example": "contacted",  # away: the stage stays
    "ada@northwind.example": "unsubscribed",
}


def joined(run: Run) -> dict[str, Any]:
    return dict(run.nodes.get(node_key="each_thread").output_json or {})


def test_each_answer_moves_its_contact_is_labelled_and_told(
    play: Play, gmail: GmailEnd, add_contact: AddContact
) -> None:
    for email in KNOWN:
        add_contact(email=email)

    run = play(SLUG)

    assert (run.status, run.errors) == (RunStatus.SUCCEEDED, 0), run.error
    assert dict(Contact.objects.values_list("email", "stage")) == KNOWN
    labels = gmail._labelled()
    assert {"Maestro", "Maestro/interested"} <= set(labels["t1"])
    assert {"Maestro", "Maestro/out_of_office"} <= set(labels["t2"])
    assert {"Maestro", "Maestro/unsubscribe"} <= set(labels["t3"])
    assert "Maestro" not in labels["t4"]
    told = dict(Notification.objects.values_list("title", "level"))
    assert told == {
        "interested: maya@northwind.example": Level.ATTENTION,
        "out_of_office: jonas@alpenglow.example": Level.EVENT,
        "unsubscribe: ada@northwind.example": Level.EVENT,
    }
    triaged = Activity.objects.get(contact__email="maya@northwind.example")
    assert triaged.payload == {
        "intent": "interested",
        "confidence": 0.9,
        "explanation": "They say so.",
    }
    assert "canary" not in everything_said(run)


def test_strangers_are_left_alone_and_nothing_is_paid_for_them(play: Play, oracle: Oracle) -> None:
    run = play(SLUG)

    assert (run.status, joined(run)["ended"], joined(run)["results"]) == (
        RunStatus.SUCCEEDED,
        4,
        [],
    )
    assert oracle.asked == []
    assert run.cost_microdollars == 0
    classified = run.nodes.filter(node_key="classify").values_list("status", flat=True)
    assert set(classified) == {NodeStatus.SKIPPED}


def test_what_was_triaged_is_not_read_again(play: Play, add_contact: AddContact) -> None:
    for email in KNOWN:
        add_contact(email=email)
    play(SLUG)

    again = play(SLUG)

    listed = again.nodes.get(node_key="list_inbox").output_json or {}
    assert [thread["thread_id"] for thread in listed["threads"]] == ["t4"]
    assert joined(again)["ended"] == 1
