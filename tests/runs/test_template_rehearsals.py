"""Every other template that ships can be seen at work on first start: no key, no network, no cost."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command

from runs.actions import start_score
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
    score = Score.objects.get(pk=f"sc_{slug}")
    run = play_here(
        start_score(score, trigger=Trigger.MANUAL, mode=Mode.REHEARSAL, started_by="test")
    )
    assert (run.status, run.errors) == (RunStatus.SUCCEEDED, 0), run.error
    assert run.cost_microdollars == run.tokens_input == 0
    return run


def inputs(run: Run, node: str) -> list[dict[str, Any]]:
    rows = run.nodes.filter(node_key=node, status=NodeStatus.SUCCEEDED).order_by("iteration")
    return [row.input or {} for row in rows]


def test_support_triage_calls_for_what_hurries_and_tells_the_rest() -> None:
    run = rehearse("support-triage")
    called, told = inputs(run, "call_person"), inputs(run, "tell_team")
    assert [one["team"] for one in called] == ["technical"]
    assert [one["team"] for one in told] == ["billing", "sales"]
    for one in called + told:
        assert one["to"] == ["support@example.com"]
        assert one["reply"].startswith(f"Hi {one['from_name'].split()[0]},") and one["subject"]
    assert run.output == {"summary": "3 sorted, 0 not readable"}


def test_lead_enrichment_keeps_those_that_fit_with_the_reason() -> None:
    run = rehearse("lead-enrichment")
    assert [one["fit"] for one in inputs(run, "fits")] == ["high", "medium", "low"]
    assert [one["payload"]["fit"] for one in inputs(run, "log_fit")] == ["high", "medium"]
    assert [one["name"] for one in inputs(run, "add_contact")] == ["Maya Chen", "Jonas Weber"]


def test_the_monitor_calls_a_person_for_a_site_in_trouble() -> None:
    run = rehearse("monitor-and-alert")
    assert [(one["name"], one["status"]) for one in inputs(run, "alert")] == [
        ("Website", 503),
        ("Status page", 503),
    ]
    assert run.output == {"summary": "2 in trouble, 0 well"}


def test_the_weekly_report_is_read_by_a_person_and_mailed() -> None:
    run = rehearse("weekly-report")
    findings = inputs(run, "write")[0]["findings"]
    assert [one["topic"] for one in findings] == ["Competitors", "Regulation"]
    assert all(one["results"] for one in findings)
    sent = inputs(run, "send")[0]
    assert sent["subject"].startswith("Weekly report: ") and sent["body"]
