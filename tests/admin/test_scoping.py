"""Nobody sees, finds, chooses or changes a row of a workspace they do not work in."""

from email.message import EmailMessage
from pathlib import Path

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from django_q.models import Schedule

from agents.egress import Egress
from agents.skills.email.kept import keep
from agents.skills.pipeline.models import Contact
from maestro.workspaces.models import Membership, Role
from runs.by_hand import context_by_hand
from runs.models import Run
from tests.admin.conftest import SignIn, World
from tests.admin.pages import add_page, list_page, page
from tests.factories import make_workspace


def test_lists_show_the_rows_of_the_current_workspace_only(
    world: World, elsewhere: World, sign_in: SignIn
) -> None:
    client = sign_in(Role.OWNER)
    for ours, theirs in zip(world.rows, elsewhere.rows, strict=True):
        found = client.get(list_page(ours)).context["cl"].result_list
        assert ours in found, ours
        assert theirs not in found, theirs


def test_pages_of_another_workspace_cannot_be_opened(
    elsewhere: World, world: World, sign_in: SignIn
) -> None:
    client = sign_in(Role.OWNER)
    for theirs in elsewhere.rows:
        answer = client.get(page(theirs))
        assert answer.status_code in (302, 404), theirs
        assert answer.headers.get("Location", "") in ("", reverse("admin:index")), theirs


def test_every_page_of_ones_own_workspace_opens(world: World, sign_in: SignIn) -> None:
    client = sign_in(Role.VIEWER)
    for row in world.rows:
        assert client.get(page(row)).status_code == 200, row


def test_a_superuser_too_works_in_one_workspace_and_switches(
    world: World, elsewhere: World, sign_in: SignIn
) -> None:
    client = sign_in("")
    assert world.agent in client.get(list_page(world.agent)).context["cl"].result_list

    client.post(reverse("admin:take_seat"), {"workspace": elsewhere.workspace.pk})

    shown = client.get(list_page(world.agent)).context["cl"].result_list
    assert list(shown) == [elsewhere.agent]


def test_nobody_can_switch_to_a_workspace_they_have_no_seat_in(
    world: World, elsewhere: World, sign_in: SignIn
) -> None:
    client = sign_in(Role.OWNER)
    client.post(reverse("admin:take_seat"), {"workspace": elsewhere.workspace.pk})
    assert client.get("/admin/").context["seat"].workspace == world.workspace


def test_a_seat_that_was_taken_away_is_left_at_once(world: World, sign_in: SignIn) -> None:
    client = sign_in(Role.EDITOR)
    client.post(reverse("admin:take_seat"), {"workspace": world.workspace.pk})
    Membership.objects.all().delete()
    assert client.get("/admin/").context["seat"] is None
    assert client.get(list_page(world.agent)).status_code == 403


def test_the_palette_forgets_the_last_workspace(
    world: World, elsewhere: World, sign_in: SignIn
) -> None:
    client = sign_in("")
    search = reverse("admin:search") + "?extended=1&s=agent"
    assert b"Alder agent" in client.get(search).content

    client.post(reverse("admin:take_seat"), {"workspace": elsewhere.workspace.pk})

    found = client.get(search).content
    assert b"Alder agent" not in found
    assert b"Birch agent" in found


def test_forms_and_filters_offer_rows_of_the_workspace_only(
    world: World, elsewhere: World, sign_in: SignIn
) -> None:
    client = sign_in(Role.OWNER)
    for address in (
        page(world.score),
        page(world.orchestra),
        add_page(Contact),
        list_page(Run),
        list_page(Contact),
    ):
        shown = client.get(address).content.decode()
        assert "Birch" not in shown, address
    companies = (
        reverse("admin:autocomplete")
        + "?app_label=pipeline&model_name=contact&field_name=company&term="
    )
    assert [found["text"] for found in client.get(companies).json()["results"]] == ["Alder company"]


def test_a_row_of_another_workspace_cannot_be_chosen_by_its_id(
    world: World, elsewhere: World, sign_in: SignIn
) -> None:
    client = sign_in(Role.EDITOR)
    sent = {"name": "Mine", "score": elsewhere.score.pk, "overlap": "skip", "misfire": "once"}
    answer = client.post(add_page(type(world.orchestra)), sent)
    assert answer.status_code == 200
    assert "score" in answer.context["adminform"].form.errors


@pytest.mark.parametrize(
    "name", ["start_score", "start_orchestra", "enable_orchestra", "cancel_run"]
)
def test_deeds_in_another_workspace_are_not_found(
    name: str, world: World, elsewhere: World, sign_in: SignIn
) -> None:
    rows = {"score": elsewhere.score, "orchestra": elsewhere.orchestra, "run": elsewhere.run}
    address = reverse(f"admin:{name}", args=[rows[name.rpartition("_")[2]].pk])
    assert sign_in(Role.OWNER).post(address).status_code == 404


def test_values_and_news_of_another_workspaces_run_are_not_found(
    world: World, elsewhere: World, sign_in: SignIn
) -> None:
    client = sign_in(Role.OWNER)
    for name in ("raw_value", "run_stream"):
        address = reverse(f"admin:{name}", args=[elsewhere.run.pk])
        assert client.get(address + "?of=input").status_code == 404


def test_kept_mails_are_those_of_the_workspaces_runs(
    world: World, elsewhere: World, sign_in: SignIn, settings: object, tmp_path: Path
) -> None:
    settings.MAIL_DIR = tmp_path  # type: ignore[attr-defined]
    for run in (world.run, elsewhere.run):
        text = f"Subject: of {run.pk}\nTo: a@b.example\n\n<script>alert(1)</script>"
        (tmp_path / f"{run.pk}-send-0123456789abcdef.eml").write_text(text)
    client = sign_in(Role.VIEWER)

    shown = client.get(reverse("admin:kept_mails")).content.decode()

    assert world.run.pk in shown
    assert elsewhere.run.pk not in shown
    ours, theirs = (
        reverse("admin:kept_mail", args=[f"{run.pk}-send-0123456789abcdef.eml"])
        for run in (world.run, elsewhere.run)
    )
    assert b"&lt;script&gt;alert(1)" in client.get(ours).content
    assert client.get(theirs).status_code == 404


def test_a_mail_that_was_tried_by_hand_is_kept_where_it_was_tried(
    world: World, elsewhere: World, sign_in: SignIn, settings: object, tmp_path: Path
) -> None:
    settings.MAIL_DIR = tmp_path  # type: ignore[attr-defined]
    names = []
    for home in (world.workspace, elsewhere.workspace):
        mail = EmailMessage()
        mail["Subject"] = f"of {home.pk}"
        key = context_by_hand(home, Egress.from_settings()).idempotency_key
        names.append(keep(mail, tmp_path, key).name)
    client = sign_in(Role.VIEWER)

    shown = client.get(reverse("admin:kept_mails")).content.decode()

    assert f"of {world.workspace.pk}" in shown and "tried by hand" in shown
    assert f"of {elsewhere.workspace.pk}" not in shown
    opened = [client.get(reverse("admin:kept_mail", args=[name])).status_code for name in names]
    assert opened == [200, 404]


def test_plain_pages_of_other_packages_stay_outside() -> None:
    assert not admin.site.is_registered(Schedule)
    assert not admin.site.is_registered(Group)


def test_a_person_without_a_seat_is_told_what_to_do(world: World) -> None:
    client = Client()
    person = User.objects.create_user("alone", is_staff=True)
    client.force_login(person)
    assert b"You have no seat in a workspace" in client.get("/admin/").content
    make_workspace()
    assert client.get(list_page(world.agent)).status_code == 403
