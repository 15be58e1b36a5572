"""cold-leads-v2, live, in each case its description names."""

from typing import Any, Literal

import pytest

from agents.skills.pipeline.models import Activity, Contact
from maestro.workspaces.models import Notification
from runs.actions import ItemDecision, decide_gate
from runs.models import NodeStatus, Run, RunStatus
from tests.far_ends.apollo import Apollo
from tests.far_ends.gmail import GmailEnd
from tests.far_ends.server import Reply, Request
from tests.runs.agents import assert_rows_add_up
from tests.runs.heroes.conftest import AddContact, Play, everything_said
from tests.runs.heroes.oracle import Oracle
from tests.runs.stage import play_here

SLUG = "cold-leads-v2"
MAYA, JONAS, TOM, ADA = (f"person_{number}" for number in range(4))


def drafts(run: Run) -> list[dict[str, Any]]:
    return list((run.nodes.get(node_key="review").output_json or {})["items"])


def decide(run: Run, decision: Literal["approve", "drop"]) -> Run:
    """The same decision on every draft; then the run goes on."""
    items = [ItemDecision(number, decision) for number in range(len(drafts(run)))]
    return play_here(decide_gate(run, node="review", iteration="", decisions=items, by="ines"))


def output(run: Run, key: str) -> dict[str, Any]:
    return dict(run.nodes.get(node_key=key, iteration="").output_json or {})


def asked_about(apollo: Apollo) -> list[str]:
    return [request.first("id") for request in apollo.seen if request.path.endswith("/match")]


def test_new_leads_are_drafted_approved_mailed_once_and_contacted(
    play: Play, apollo: Apollo, gmail: GmailEnd
) -> None:
    waiting = play(SLUG)

    assert (waiting.status, waiting.waiting_for) == (RunStatus.WAITING, "gate"), waiting.error
    assert [draft["name"] for draft in drafts(waiting)] == ["Maya Chen", "Jonas Weber", "Ada Smit"]
    assert gmail.sent == []
    assert set(Contact.objects.values_list("stage", flat=True)) == {"new"}

    run = decide(waiting, "approve")

    assert (run.status, run.errors) == (RunStatus.SUCCEEDED, 0), run.error
    mailed = sorted(
        (mail["to"], mail["subject"], mail["text"].split(",")[0]) for mail in gmail.sent
    )
    assert mailed == [
        ("ada@northwind.example", "about Northwind Freight", "Hi Ada Smit"),
        ("jonas@alpenglow.example", "about Alpenglow Outdoor", "Hi Jonas Weber"),
        ("maya@northwind.example", "about Northwind Freight", "Hi Maya Chen"),
    ]
    maya = Contact.objects.get(external_id=MAYA)
    assert (maya.name, maya.email, maya.stage) == (
        "Maya Chen",
        "maya@northwind.example",
        "contacted",
    )
    kinds = Activity.objects.filter(contact=maya).order_by("id").values_list("kind", "payload")
    assert [kind for kind, _ in kinds] == ["drafted", "contacted"]
    assert [*kinds][1][1]["message_id"].startswith("sent_")
    assert Notification.objects.get().title == "3 openers sent, 0 held back"


def test_tokens_and_cost_stand_on_the_rows_and_add_up(play: Play) -> None:
    run = decide(play(SLUG), "approve")

    asked = run.nodes.exclude(tokens_input=0)
    assert sorted(asked.values_list("node_key", flat=True)) == ["draft_opener"] * 3 + ["shortlist"]
    assert_rows_add_up(run)
    assert run.cost_microdollars > 0


def test_nothing_that_is_recorded_holds_a_secret(play: Play) -> None:
    run = decide(play(SLUG), "approve")

    assert "canary" not in everything_said(run)


@pytest.mark.parametrize("known", [{"email": "maya@northwind.example"}, {"external_id": MAYA}])
def test_whom_we_know_ends_before_any_paid_call(
    play: Play, apollo: Apollo, oracle: Oracle, add_contact: AddContact, known: dict[str, str]
) -> None:
    add_contact(**known)
    oracle.emails[MAYA] = "Maya@Northwind.example"

    run = play(SLUG)

    assert MAYA not in asked_about(apollo)
    assert [draft["name"] for draft in drafts(run)] == ["Jonas Weber", "Ada Smit"]
    assert output(run, "each_lead")["ended"] == 2  # Tom has no address
    assert not any("Maya" in str(question.get("name")) for question in oracle.asked)


def test_a_failed_enrichment_is_an_items_error_and_its_siblings_go_on(
    play: Play, apollo: Apollo, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = apollo.answer

    def without_jonas(request: Request) -> Reply:
        return Reply(422, {"error": "No."}) if request.first("id") == JONAS else answer(request)

    monkeypatch.setattr(apollo, "answer", without_jonas)

    run = play(SLUG)

    (error,) = output(run, "each_lead")["errors"]
    assert (error["index"], error["node"], error["code"]) == (1, "enrich_person", "service_refused")
    assert [draft["name"] for draft in drafts(run)] == ["Maya Chen", "Ada Smit"]
    assert decide(run, "approve").errors == 1


def test_who_has_no_address_or_turns_out_to_be_known_ends_unmailed(
    play: Play, gmail: GmailEnd, add_contact: AddContact
) -> None:
    known = add_contact(email="maya@northwind.example")

    run = decide(play(SLUG), "approve")

    assert sorted(mail["to"] for mail in gmail.sent) == [
        "ada@northwind.example",
        "jonas@alpenglow.example",
    ]
    known.refresh_from_db()
    assert known.stage == "contacted"
    assert output(run, "each_lead")["ended"] == 2
    assert not Contact.objects.filter(external_id=TOM).exists()


def test_who_unsubscribes_while_the_gate_waits_is_not_mailed(play: Play, gmail: GmailEnd) -> None:
    waiting = play(SLUG)
    Contact.objects.filter(external_id=ADA).update(stage="unsubscribed")

    decide(waiting, "approve")

    assert "ada@northwind.example" not in [mail["to"] for mail in gmail.sent]
    assert Contact.objects.get(external_id=ADA).stage == "unsubscribed"
    assert Notification.objects.get().title == "2 openers sent, 1 held back"


def test_an_empty_shortlist_waits_for_nobody(play: Play, oracle: Oracle) -> None:
    oracle.leave_out.update((MAYA, JONAS, TOM, ADA))

    run = play(SLUG)

    assert (run.status, run.errors) == (RunStatus.SUCCEEDED, 0)
    assert Notification.objects.get().title == "0 openers sent, 0 held back"


def test_all_dropped_ends_the_run_without_a_word(play: Play, gmail: GmailEnd) -> None:
    run = decide(play(SLUG), "drop")

    assert run.status == RunStatus.SUCCEEDED
    skipped = set(
        run.nodes.filter(status=NodeStatus.SKIPPED, iteration="").values_list("node_key", flat=True)
    )
    assert skipped >= {"send_each", "notify"}
    assert gmail.sent == []
    assert not Notification.objects.exists()


def test_a_key_apollo_does_not_take_fails_the_run_and_names_the_slot(
    play: Play, apollo: Apollo
) -> None:
    apollo.faults.append(Reply(401, {"error": "Invalid access credentials."}))

    run = play(SLUG)

    assert run.status == RunStatus.FAILED
    assert (run.error or {})["node"] == "find_leads"
    assert "slot apollo_api_key" in (run.error or {})["message"]
