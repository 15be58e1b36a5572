"""The shipped score on the shipped table, played by a real cluster."""

from pathlib import Path

from django.core.management import call_command

from agents.skills.pipeline.models import Activity, Contact
from orchestras.models import Orchestra
from runs.actions import start_orchestra
from runs.models import Run, RunStatus, Trigger

from .clusters import RunningCluster, ended

ROWS, REPEATED, WITHOUT_ADDRESS, BROKEN = 200, 11, 12, 5
NEW = ROWS - REPEATED - WITHOUT_ADDRESS - BROKEN


def play() -> Run:
    orchestra = Orchestra.objects.get(pk="or_lead-intake")
    return ended(start_orchestra(orchestra, trigger=Trigger.MANUAL, started_by="test"))


def test_the_shipped_orchestra_takes_in_each_good_row_once(
    cluster: RunningCluster, tmp_path: Path
) -> None:
    call_command("seed", verbosity=0)

    first, second = play(), play()

    assert [(run.status, run.errors) for run in (first, second)] == [
        (RunStatus.SUCCEEDED, WITHOUT_ADDRESS + BROKEN)
    ] * 2, (first.error, second.error)
    assert Contact.objects.count() == Activity.objects.count() == NEW
    assert set(Contact.objects.values_list("stage", flat=True)) == {"new"}
    mails = sorted(file.read_text() for file in tmp_path.rglob("*.eml"))
    assert any(f"{NEW} new, 0 known, 17 not readable" in mail for mail in mails)
    assert any(f"0 new, {NEW} known, 17 not readable" in mail for mail in mails)
