"""The shipped scores, planned: real reads and model calls, and nothing of it arrives anywhere."""

from agents.skills.pipeline.models import Activity, Contact
from maestro.workspaces.models import Notification
from runs.models import Mode, NodeStatus, Run, RunStatus
from tests.far_ends.apollo import Apollo
from tests.far_ends.gmail import GmailEnd
from tests.runs.heroes.conftest import AddContact, Play
from tests.runs.heroes.oracle import Oracle

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
