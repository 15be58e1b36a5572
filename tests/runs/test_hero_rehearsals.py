"""The two shipped scores that think, rehearsed on the real walk: no key, no network, no cost."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command

from agents.skills.pipeline.models import Activity, Contact
from maestro.workspaces.models import Notification
from orchestras.models import Orchestra
from runs.actions import start_orchestra, start_score
from runs.models import Mode, NodeStatus, Run, RunStatus, Trigger
from scores.models import Score

from .stage import play_here

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def seeded(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What ships; and nothing may go out."""

    def refuse(*args: Any, **options: Any) -> None:
        raise AssertionError("a rehearsal asked the network")

    monkeypatch.setattr("agents.egress.Egress.request", refuse)
    call_command("seed", verbosity=0)
    yield


def rehearse(slug: str) -> Run:
    orchestra = Orchestra.objects.get(pk=f"or_{slug}")
    return play_here(
        start_orchestra(orchestra, trigger=Trigger.MANUAL, mode=Mode.REHEARSAL, started_by="test")
    )


def outputs(run: Run, node: str) -> list[dict[str, Any]]:
    rows = run.nodes.filter(node_key=node, status=NodeStatus.SUCCEEDED).order_by("iteration")
    return [row.output_json or {} for row in rows]


def test_cold_leads_shows_three_people_from_the_search_to_the_sent_mail() -> None:
    run = rehearse("cold-leads-v2")

    assert (run.status, run.errors) == (RunStatus.SUCCEEDED, 0), run.error
    drafts = outputs(run, "draft")
    assert [(draft["name"], draft["email"]) for draft in drafts] == [
        ("Maya Chen", "maya.chen@northwind-freight.example"),
        ("Jonas Weber", "jonas.weber@alpenglow.example"),
        ("Priya Natarajan", "priya.natarajan@brightline-clinics.example"),
    ]
    chosen = {one["lead_id"]: one for one in outputs(run, "shortlist")[0]["shortlist"]}
    for lead in outputs(run, "find_leads")[0]["leads"]:
        assert lead["lead_id"] not in chosen or chosen[lead["lead_id"]]["signal"] in lead["signals"]
        assert "email" not in lead and "***" in lead["name"]  # as Apollo's search shows them
    for draft in drafts:
        first_name = draft["name"].split()[0]
        assert draft["body"].startswith(f"Hi {first_name},")
        assert draft["preview"] in draft["body"]
    assert outputs(run, "review")[0]["approved"] == drafts
    assert len(outputs(run, "send_each")[0]["sent"]) == 3
    title = (run.nodes.get(node_key="notify").input or {})["title"]
    assert title == "{sent} openers sent, {ended} held back"


def test_a_rehearsal_of_cold_leads_says_of_each_node_what_became_of_it() -> None:
    run = rehearse("cold-leads-v2")

    keys = {node.key for node in run.score.nodes.all()}
    assert set(run.nodes.values_list("node_key", flat=True)) == keys
    assert set(run.nodes.values_list("status", flat=True)) == {NodeStatus.SUCCEEDED}


@pytest.mark.parametrize("slug", ["reply-triage-v2", "reply-triage-imap"])
def test_reply_triage_shows_three_answers_of_three_kinds(slug: str) -> None:
    score = Score.objects.get(pk=f"sc_{slug}")
    run = play_here(
        start_score(score, trigger=Trigger.MANUAL, mode=Mode.REHEARSAL, started_by="test")
    )

    assert (run.status, run.errors) == (RunStatus.SUCCEEDED, 0), run.error
    read, judged = outputs(run, "read_thread"), outputs(run, "classify")
    told = [(one["from_name"], two["intent"]) for one, two in zip(read, judged, strict=True)]
    assert told == [
        ("Maya Chen", "interested"),
        ("Jonas Weber", "out_of_office"),
        ("Priya Natarajan", "unsubscribe"),
    ]
    for one, two in zip(read, judged, strict=True):
        quoted = two["explanation"].split('"')[1]
        assert quoted in one["text"].replace("\n", " ")
    assert [row["labels"] for row in outputs(run, "label_thread")] == [
        ["Maestro/interested", "Maestro"],
        ["Maestro/out_of_office", "Maestro"],
        ["Maestro/unsubscribe", "Maestro"],
    ]
    ended = {row.node_key: row.status for row in run.nodes.filter(iteration="each_thread:0")}
    assert ended["notify_attention"] == NodeStatus.SUCCEEDED
    assert ended["notify_event"] == NodeStatus.SKIPPED


@pytest.mark.parametrize("slug", ["cold-leads-v2", "reply-triage-v2"])
def test_a_rehearsal_changes_nothing_and_costs_nothing(slug: str) -> None:
    run = rehearse(slug)

    assert run.cost_microdollars == run.tokens_input == run.tokens_output == 0
    assert not Contact.objects.exists()
    assert not Activity.objects.exists()
    assert not Notification.objects.exists()


def test_in_a_rehearsal_too_a_contact_we_know_ends_before_it_is_enriched() -> None:
    pipeline = Orchestra.objects.get(pk="or_cold-leads-v2").workspace.pipelines.get()
    Contact.objects.create(
        workspace=pipeline.workspace,
        pipeline=pipeline,
        external_id="66a1f0c2e4b0a10001d1a001",  # the search shows no address
        stage="contacted",
    )

    run = rehearse("cold-leads-v2")

    each = outputs(run, "each_lead")[0]
    assert (len(each["results"]), each["ended"]) == (2, 1)
    assert json.dumps(each["results"]).count("Maya") == 0
    skipped = run.nodes.filter(iteration="each_lead:0", status=NodeStatus.SKIPPED)
    assert {row.node_key for row in skipped} >= {"enrich_person", "enrich_domain", "draft_opener"}
