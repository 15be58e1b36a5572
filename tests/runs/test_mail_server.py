"""Testing the deployer's mail server: what is wrong is said, no mail is sent, no password told."""

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from maestro.workspaces.models import AuditEntry, Role, Workspace
from runs.probes import MailTest, try_mail_server
from tests.admin.conftest import SignIn, World, sign_in, world  # noqa: F401  # fixtures
from tests.agents.far_end import make_certificate
from tests.agents.skills.email.conftest import (  # noqa: F401  # a fixture
    StartServer,
    only_ada,
    start_server,
)
from tests.api.callers import Caller, read, refused
from tests.factories import AUTHOR, make_workspace
from tests.ports import deaf_port

PASSWORD = "canary-4711"
SIGNED = {"authenticator": only_ada, "auth_required": True, "auth_require_tls": False}
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH")


@pytest.fixture
def workspace(db: None) -> Workspace:
    return make_workspace()


@pytest.fixture
def closed() -> Iterator[str]:
    with deaf_port() as port:
        yield f"127.0.0.1:{port}"


def tried(workspace: Workspace, settings: Settings, url: str) -> MailTest:
    settings.MAESTRO_SMTP_URL = url
    test = try_mail_server(workspace, by=AUTHOR)
    assert PASSWORD not in str(test) + str(list(AuditEntry.objects.values("details")))
    return test


def test_it_is_signed_in_to_and_gets_no_mail(
    workspace: Workspace,
    settings: Settings,
    start_server: StartServer,  # noqa: F811
) -> None:
    postbox, address = start_server(**SIGNED)

    good = tried(workspace, settings, f"smtp://ada%40x.io:p%40ss@{address}")
    bad = tried(workspace, settings, f"smtp://ada%40x.io:{PASSWORD}@{address}")

    words = "It takes the sign-in, without encryption; sender ada@x.io."
    assert (good.server, good.outcome, good.message) == (address, "works", words)
    assert (bad.outcome, bad.message) == ("refused", "The mail server refused the sign-in.")
    assert postbox.mails == []
    told = AuditEntry.objects.filter(action="mail_server.tested").latest("id")
    assert told.details == {"server": address, "outcome": "refused"}


@pytest.mark.parametrize(
    ("url", "outcome", "words"),
    [
        ("smtp://{}", "works", "names no user, without encryption; no sender"),
        ("smtp://{}?starttls&from=a@x.io", "refused", "STARTTLS extension not supported"),
        ("smtps://{}", "refused", "speaks no TLS from the start"),
        ("smtp://ada:" + PASSWORD + "@{}", "refused", "cannot do this: SMTP AUTH"),
        ("smtp://{}?from=%C3%A4@x.io", "refused", "ASCII without line breaks"),
        ("smtp://{}?from=nobody@x.io", "refused", "refused the sender: 550"),
    ],
)
def test_what_is_wrong_is_said(
    url: str,
    outcome: str,
    words: str,
    workspace: Workspace,
    settings: Settings,
    start_server: StartServer,  # noqa: F811
) -> None:
    postbox, address = start_server()

    test = tried(workspace, settings, url.format(address))

    assert (test.outcome, words in test.message) == (outcome, True), test.message
    assert postbox.mails == []


def test_letters_that_smtp_cannot_carry_are_told_without_the_password(
    workspace: Workspace,
    settings: Settings,
    start_server: StartServer,  # noqa: F811
) -> None:
    _, address = start_server(**SIGNED)

    test = tried(workspace, settings, f"smtp://ada:{PASSWORD}%C3%BC@{address}")

    assert test.outcome == "refused" and "must be ASCII" in test.message


def test_a_certificate_that_nobody_signed_is_named(
    workspace: Workspace,
    settings: Settings,
    tmp_path: Path,
    start_server: StartServer,  # noqa: F811
) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(make_certificate(tmp_path, "localhost"))
    _, address = start_server(tls_context=context)

    test = tried(workspace, settings, f"smtp://{address}?starttls")

    assert test.outcome == "refused" and "self-signed" in test.message


def test_a_server_that_is_not_there_is_told_as_such(
    workspace: Workspace, settings: Settings, closed: str
) -> None:
    test = tried(workspace, settings, f"smtp://ada:{PASSWORD}@{closed}")

    assert (test.outcome, "nothing listens" in test.message) == ("unreachable", True)
    nameless = tried(workspace, settings, "smtp://mail.invalid")
    assert (nameless.outcome, "no address" in nameless.message) == ("unreachable", True)


def test_a_program_and_the_catalog_ask_alike(
    world: World,  # noqa: F811
    sign_in: SignIn,  # noqa: F811
    settings: Settings,
    closed: str,
) -> None:
    caller, editor = Caller.of(world.workspace), sign_in(Role.EDITOR)
    pages = ["/admin/catalog/skills/", "/admin/catalog/operations/notify.send_mail/"]
    button = "/admin/catalog/mail-server/test/"
    refused(caller.post("/mail-server/test"), 404, "not_found")
    assert all("not set: mails are" in editor.get(page).content.decode() for page in pages)

    settings.MAESTRO_SMTP_URL = f"smtp://ada:{PASSWORD}@{closed}"

    assert read(caller.post("/mail-server/test"))["outcome"] == "unreachable"
    assert all(button in editor.get(page).content.decode() for page in pages)
    shown = editor.post(button, follow=True).content.decode()
    assert f"Mail server {closed}: not reachable." in shown and PASSWORD not in shown
    viewer = sign_in(Role.VIEWER)
    assert viewer.post(button).status_code == 403
    assert button not in viewer.get(pages[0]).content.decode()
    refused(Caller.of(world.workspace, "run:read").post("/mail-server/test"), 403, "forbidden")
