"""The shipped scores, planned: real reads and model calls, and nothing of it arrives anywhere."""

from agents.skills.pipeline.models import Activity, Contact
from maestro.workspaces.models import Notification
from runs.actions import EffectChoice
from runs.models import Decision, Mode, NodeStatus, Run, RunNode, RunStatus
from runs.plans.apply import apply_plan
from runs.reuse.plans import planned_effects
from tests.far_ends.apollo import Apollo
from tests.far_ends.gmail import GmailEnd
from tests.runs.heroes.conftest import AddContact, Play
from tests.runs.heroes.oracle import Oracle
from tests.runs.stage import play_here

MAYA = "maya@northwind.example"


def planned(run: Run, node: str) -> list[dict[str, object]]:
    """What a node would have been called with, item by item."""
    rows = run.nodes.filter(node_key=node, status=NodeStatus.SUCCEEDED).order_by("iteration")
    assert {(row.error or {}).get("code") for row in rows} == {"planned"}
    return [row.input or {} for row in rows]


def test_a_plan_of_cold_leads_gets_to_the_mails_and_sends_none(
    play: Play, apollo: Apollo, gmail: GmailEnd, oracle: Oracle
) -> None:
    run = play("cold-leads-v2", mode=Mode.PLAN)

    assert (run.status, run.errors) == (RunStatus.SUCCEEDED, 0), run.error
    assert planned(run, "send_email")[0]["to"] == MAYA
    assert len(planned(run, "send_email")) == len(planned(run, "add_contact")) == 3
    assert len(oracle.asked) == 4 and run.cost_microdollars > 0
    assert {request.path for request in apollo.seen if "match" in request.path}
    assert gmail.sent == []
    assert not Contact.objects.exists() and not Activity.objects.exists()
    assert not Notification.objects.exists()
    gate = run.nodes.get(node_key="review")
    assert (gate.error or {})["code"] == "approved_by_plan"


def test_a_plan_of_reply_triage_reads_the_inbox_and_leaves_it_as_it_is(
    play: Play, gmail: GmailEnd, add_contact: AddContact
) -> None:
    add_contact(email=MAYA)

    run = play("reply-triage-v2", mode=Mode.PLAN)

    assert run.status == RunStatus.SUCCEEDED, run.error
    (label,) = planned(run, "label_thread")
    assert label["label"] == "Maestro/interested"
    assert not Activity.objects.exists() and not Notification.objects.exists()
    assert not [seen for seen in gmail.seen if seen.path.endswith("/modify")]


def effect(plan: Run, node: str, to: str) -> RunNode:
    """The planned call of a node that is about this person."""
    rows = [row for row in planned_effects(plan).filter(node_key=node) if to in str(row.input)]
    (found,) = rows
    return found


def test_an_applied_plan_sends_what_was_planned_without_asking_a_model_again(
    play: Play, apollo: Apollo, gmail: GmailEnd, oracle: Oracle
) -> None:
    plan = play("cold-leads-v2", mode=Mode.PLAN)
    mails = {str(mail["to"]): mail["subject"] for mail in planned(plan, "send_email")}
    asked, searched = len(oracle.asked), len(apollo.seen)

    run = play_here(apply_plan(plan, started_by="ines"))

    assert (run.status, run.errors) == (RunStatus.SUCCEEDED, 0), run.error
    assert {mail["to"]: mail["subject"] for mail in gmail.sent} == mails
    assert (len(oracle.asked), len(apollo.seen)) == (asked, searched)
    assert run.cost_microdollars == 0
    maya = Contact.objects.get(email=MAYA)
    assert maya.stage == "contacted"
    kinds = Activity.objects.filter(contact=maya).order_by("id").values_list("kind", "payload")
    assert [kind for kind, _ in kinds] == ["drafted", "contacted"]
    assert [*kinds][1][1]["message_id"].startswith("sent_")
    assert Notification.objects.get().title == "3 openers sent, 0 held back"


def test_a_dropped_contact_is_left_out_and_an_edited_mail_goes_as_edited(
    play: Play, gmail: GmailEnd
) -> None:
    """The first person falls out before the mails, so that all others have another number there."""
    plan = play("cold-leads-v2", mode=Mode.PLAN)
    mail = effect(plan, "send_email", "jonas@alpenglow.example")
    arguments = {"to": "jonas@alpenglow.example", "subject": "Edited", "body": "By hand."}

    run = play_here(
        apply_plan(
            plan,
            [
                EffectChoice(effect(plan, "add_contact", MAYA).pk, Decision.DROP),
                EffectChoice(mail.pk, Decision.EDIT, arguments),
            ],
            started_by="ines",
        )
    )

    assert (run.status, run.errors) == (RunStatus.SUCCEEDED, 0), run.error
    assert sorted((mail["to"], mail["subject"]) for mail in gmail.sent) == [
        ("ada@northwind.example", "about Northwind Freight"),
        ("jonas@alpenglow.example", "Edited"),
    ]
    assert not Contact.objects.filter(email=MAYA).exists()
    dropped = run.nodes.get(node_key="add_contact", iteration="each_lead:0")
    assert dropped.status == NodeStatus.SKIPPED
    assert (dropped.error or {})["code"] == "dropped_from_plan"


def test_who_unsubscribes_between_plan_and_application_is_not_mailed(
    play: Play, gmail: GmailEnd, add_contact: AddContact
) -> None:
    plan = play("cold-leads-v2", mode=Mode.PLAN)
    add_contact(email=MAYA, stage="unsubscribed")

    run = play_here(apply_plan(plan, started_by="ines"))

    assert run.status == RunStatus.SUCCEEDED
    assert MAYA not in [mail["to"] for mail in gmail.sent]
    assert len(gmail.sent) == 2


def test_reply_triage_is_applied_as_planned(
    play: Play, gmail: GmailEnd, oracle: Oracle, add_contact: AddContact
) -> None:
    add_contact(email=MAYA)
    plan = play("reply-triage-v2", mode=Mode.PLAN)
    gmail.threads.clear()  # whatever came in since is not what was approved
    asked = len(oracle.asked)

    run = play_here(apply_plan(plan, started_by="ines"))

    assert (run.status, run.errors, len(oracle.asked)) == (RunStatus.SUCCEEDED, 1, asked)
    assert Contact.objects.get(email=MAYA).stage == "interested"
