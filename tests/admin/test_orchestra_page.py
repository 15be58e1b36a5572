"""An orchestra's page: its schedule in words, its switch, its runs, and starting it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from maestro.workspaces.models import Role
from orchestras.models import Orchestra
from runs.models import Mode, Run
from tests.admin.conftest import SignIn, World
from tests.admin.pages import add_page, list_page, page, sent_by
from tests.admin.rows import make_run
from tests.factories import make_orchestra, make_score


@pytest.fixture
def client(sign_in: SignIn) -> Client:
    return sign_in(Role.EDITOR)


@pytest.fixture
def scheduled(world: World) -> Orchestra:
    cron = {"cron": "*/10 7-18 * * 1-5", "time_zone": "Europe/Berlin", "enabled": True}
    return make_orchestra(make_score(world.workspace), name="Scheduled", **cron)


def test_the_page_says_the_schedule_in_words_and_the_next_fires_in_its_zone(
    client: Client, scheduled: Orchestra
) -> None:
    answer = client.get(page(scheduled))
    shown = answer.content.decode()
    assert "Every 10 minutes, 07:00 to 18:50, Monday to Friday" in shown
    assert "Europe/Berlin" in shown
    first, second, third = answer.context["fires"]
    assert first == scheduled.next_fire_at
    assert first.astimezone(answer.context["zone"]).strftime("%a %-d %b %H:%M") in shown
    assert second - first >= timedelta(minutes=10)
    assert third > second


def test_the_switch_turns_the_clock_off_and_on(client: Client, scheduled: Orchestra) -> None:
    address = reverse("admin:enable_orchestra", args=[scheduled.pk])
    shown = client.post(address, {"enabled": "false"}, follow=True).content.decode()
    scheduled.refresh_from_db()
    assert (scheduled.enabled, scheduled.next_fire_at) == (False, None)
    assert "Paused: the clock does not start it" in shown
    client.post(address, {"enabled": "true"})
    scheduled.refresh_from_db()
    assert scheduled.enabled


def test_a_switch_that_cannot_be_turned_says_why(client: Client, world: World) -> None:
    world.score.versions.all().delete()
    type(world.score).objects.filter(pk=world.score.pk).update(version=0)
    address = reverse("admin:enable_orchestra", args=[world.orchestra.pk])
    assert (
        "has no graph yet"
        in client.post(address, {"enabled": "true"}, follow=True).content.decode()
    )


def test_run_now_leads_to_the_run(client: Client, world: World) -> None:
    address = reverse("admin:start_orchestra", args=[world.orchestra.pk])
    answer = client.post(address, {"mode": "rehearsal"})
    run = Run.objects.exclude(pk=world.run.pk).get()
    assert answer.headers["Location"] == page(run)
    assert (run.orchestra, run.mode) == (world.orchestra, Mode.REHEARSAL)


def test_the_chip_and_the_list_say_what_state_it_is_in(
    client: Client, world: World, scheduled: Orchestra
) -> None:
    assert client.get(page(scheduled)).context["state"] == "scheduled"
    make_run(scheduled.score, "running", orchestra=scheduled)
    assert client.get(page(scheduled)).context["state"] == "running"
    assert client.get(page(world.orchestra)).context["state"] == "paused"
    listed = client.get(list_page(Orchestra) + "?status=running").context["cl"].result_list
    assert list(listed) == [scheduled]


def test_the_strip_has_the_last_24_runs_oldest_first(client: Client, world: World) -> None:
    runs = [make_run(world.score, orchestra=world.orchestra) for _ in range(25)]
    strip = client.get(page(world.orchestra)).context["strip"]
    assert strip == runs[-24:]


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("cron", "every day", "is not a cron of five fields"),
        ("cron", "0 0 31 2 *", "names a day that never comes"),
        ("time_zone", "Mars/Base", "is not a time zone"),
        ("score_version", "9", "has no version 9"),
        ("input", "[1]", "Write an object"),
    ],
)
def test_what_cannot_be_saved_is_said_at_its_field(
    field: str, typed: str, told: str, client: Client, world: World
) -> None:
    sent = sent_by(client.get(page(world.orchestra)), **{field: typed})
    answer = client.post(page(world.orchestra), sent)
    assert answer.status_code == 200
    assert told in str(answer.context["adminform"].form.errors[field])


def test_an_orchestra_is_made_and_changed_by_its_form(client: Client, world: World) -> None:
    sent = {
        "name": "Morning", "score": make_score(world.workspace).pk, "cron": "0 7 * * *", "enabled": "on",
        "overlap": "queue", "misfire": "skip", "input": '{"a": 1}',
    }  # fmt: skip
    assert client.post(add_page(Orchestra), sent).status_code == 302
    made = Orchestra.objects.get(name="Morning")
    assert (made.workspace, made.input, made.overlap) == (world.workspace, {"a": 1}, "queue")
    assert made.next_fire_at is not None
    client.post(page(made), sent_by(client.get(page(made)), tag="CRM"))
    made.refresh_from_db()
    assert made.tag == "CRM"


def test_an_orchestra_with_a_run_in_progress_is_not_deleted(client: Client, world: World) -> None:
    run = make_run(world.score, "running", orchestra=world.orchestra)
    shown = client.post(page(world.orchestra, "delete"), {"post": "yes"}).content.decode()
    assert "cannot be deleted: 1 run uses it" in shown
    assert page(run) in shown
