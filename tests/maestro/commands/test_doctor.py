"""`manage.py doctor`: what it says of an installation, and by its exit code whether it is well."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from orchestras.models import Orchestra
from runs.cluster import examination
from runs.models import Cluster, Player, Run
from tests.factories import make_orchestra, make_score, make_workspace
from tests.runs.worlds import start

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def durable(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' own server is not, and says so."""
    settings.DATA_DIR = tmp_path
    durable = examination.DATABASE.replace("current_setting('fsync')", "'on'")
    durable = durable.replace("current_setting('full_page_writes')", "'on'")
    monkeypatch.setattr(examination, "DATABASE", durable)


def ago(seconds: float) -> datetime:
    return timezone.now() - timedelta(seconds=seconds)


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    yield Cluster.objects.create(id="cl_1", host="here", pid=1, started=ago(99), last_beat=ago(2))


@pytest.fixture
def player(cluster: Cluster) -> Player:
    lease = timezone.now() + timedelta(seconds=60)
    return Player.objects.create(
        id="p", cluster=cluster.id, host="here", pid=1, started=ago(9), lease_until=lease
    )


def doctor() -> tuple[dict[str, str], int]:
    """What it says of each thing, with its verdict first; and its exit code."""
    said, code = StringIO(), 0
    try:
        call_command("doctor", stdout=said)
    except SystemExit as ended:
        code = int(ended.code or 0)
    answers = {}
    for line in said.getvalue().splitlines():
        verdict, rest = line[:5].strip(), line[6:]
        name, _, told = rest.partition(": ")
        answers[name] = f"{verdict} {told}".strip()
    return answers, code


def test_a_healthy_installation_is_told_in_words(player: Player) -> None:
    said, code = doctor()

    assert code == 0, said
    assert re.fullmatch(r"ok cl_1 on here beat \d+ s ago", said["clusters"])
    assert said["players"] == "ok 1 player with 0 runs"
    assert said["queue"] == "ok 0 runs waiting"
    assert said["schedules"] == "ok none overdue"
    assert "connections" in said["database server"]


def test_no_cluster_and_runs_that_nobody_plays() -> None:
    start(make_score(make_workspace()))

    said, code = doctor()

    assert code == 1
    assert said["clusters"].startswith("mend none; no cluster is running; start `manage.py up`")
    assert "nobody plays them" in said["queue"] and "1 run waiting" in said["queue"]


def test_a_late_beat(player: Player, cluster: Cluster) -> None:
    Cluster.objects.update(last_beat=ago(300))

    said, _ = doctor()

    assert said["clusters"] == (
        "mend cl_1 on here beat 5 min ago; cl_1 does not beat; its log says why, or it is gone"
    )


def test_leases_that_nobody_takes_back(player: Player) -> None:
    Player.objects.update(lease_until=ago(40))

    assert re.search(r"1 lease over for 4\d s", doctor()[0]["players"])


def test_runs_that_wait_although_there_is_room(player: Player) -> None:
    run = start(make_score(make_workspace()))
    Run.objects.filter(pk=run.pk).update(queued_at=ago(600))

    assert "the oldest for 10 min" in (said := doctor()[0]["queue"])
    assert "players have room and take none" in said


def test_schedules_that_are_overdue(player: Player) -> None:
    made = make_orchestra(
        make_score(make_workspace()), name="Nightly", cron="0 2 * * *", enabled=True
    )
    Orchestra.objects.filter(pk=made.pk).update(next_fire_at=ago(7200))

    assert "1 schedule overdue, Nightly among them, by 2 h" in doctor()[0]["schedules"]


def test_a_database_that_may_forget(player: Player) -> None:
    with connection.cursor() as cursor:
        cursor.execute("set local synchronous_commit = off")

    assert "synchronous_commit off: a crash may cost" in doctor()[0]["database server"]
