"""A real browser before a real web process. Without Chromium these tests are skipped, and say how to have one."""

import shutil
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.db import connections
from playwright.sync_api import Browser, Page, expect, sync_playwright

from maestro.workspaces.models import Membership, Role, Workspace
from tests.api.servers import RunningServer
from tests.factories import make_workspace

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PASSWORD = "correct horse battery"
PATIENCE_MS = 60_000  # a busy machine may need most of it
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture
def browser(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    """Opened after the database and closed before it: while Playwright runs, it keeps a loop in this
    thread, which Django takes for an async caller."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip("no Chromium: put one on the PATH (Debian, Ubuntu: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()
        connections.close_all()  # the test's own: outside of Playwright's loop Django knows another


@pytest.fixture
def workspace(transactional_db: None) -> Workspace:
    workspace = make_workspace(name="Alder Street")
    person = User.objects.create_user("ines", password=PASSWORD, is_staff=True)
    Membership.objects.create(workspace=workspace, user=person, role=Role.EDITOR)
    return workspace


@pytest.fixture
def tab(
    browser: Browser,
    workspace: Workspace,
    child_environment: dict[str, str],
) -> Iterator[Page]:
    """A tab in which Ines has signed in; an error in its console fails the test."""
    with RunningServer(child_environment) as server:
        context = browser.new_context(base_url=server.address)
        context.set_default_timeout(PATIENCE_MS)
        tab = context.new_page()
        faults: list[str] = []
        tab.on("pageerror", lambda error: faults.append(str(error)))
        tab.goto("/")
        tab.get_by_label("Username").fill("ines")
        tab.get_by_label("Password").fill(PASSWORD)
        tab.get_by_role("button", name="Log in").click()
        tab.get_by_role("heading", name="Home").wait_for()
        tab.wait_for_load_state()  # until then no script hears a key
        yield tab
        context.close()
    assert not faults
