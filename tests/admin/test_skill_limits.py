"""What a workspace allows of its skills, in the admin."""

from django.urls import reverse

from agents.models import SkillLimit
from maestro.workspaces.models import Role
from tests.admin.conftest import SignIn, World
from tests.admin.pages import add_page, page

ADD = add_page(SkillLimit)


def test_a_limit_is_set_changed_and_taken_off(world: World, sign_in: SignIn) -> None:
    client = sign_in(Role.EDITOR)
    shown = client.get(ADD).content.decode()
    assert "gmail: all operations" in shown and "gmail.send_email" in shown

    client.post(ADD, {"name": "gmail.send_email", "per_minute": "60"})

    limit = SkillLimit.objects.get(workspace=world.workspace, name="gmail.send_email")
    assert (limit.concurrency, limit.per_minute) == (None, 60)
    client.post(page(limit), {"name": "gmail.send_email", "concurrency": "2"})
    limit.refresh_from_db()
    assert (limit.concurrency, limit.per_minute) == (2, None)
    client.post(page(limit, "delete"), {"post": "yes"})
    assert not SkillLimit.objects.filter(pk=limit.pk).exists()


def test_what_is_no_limit_is_refused_at_its_field(world: World, sign_in: SignIn) -> None:
    client = sign_in(Role.EDITOR)

    nothing = client.post(ADD, {"name": "gmail"}).content.decode()
    unknown = client.post(ADD, {"name": "telepathy", "concurrency": "1"}).content.decode()
    client.post(ADD, {"name": "gmail", "concurrency": "1"})
    twice = client.post(ADD, {"name": "gmail", "concurrency": "1"}).content.decode()

    assert "Say how many at once" in nothing
    assert "telepathy is not one of the available choices" in unknown
    assert "gmail has a limit already" in twice
    assert SkillLimit.objects.filter(workspace=world.workspace, name="gmail").count() == 1


def test_the_sidebar_leads_to_the_limits(world: World, sign_in: SignIn) -> None:
    shown = sign_in(Role.VIEWER).get(reverse("admin:index")).content.decode()

    assert reverse("admin:agents_skilllimit_changelist") in shown
