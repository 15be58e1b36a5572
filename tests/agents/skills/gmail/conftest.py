"""A mailbox on loopback, and a context that may use it."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from agents.egress import Egress
from agents.skills.context import Context
from agents.skills.gmail import token
from tests.agents.skills.conftest import MakeContext
from tests.far_ends.gmail import GmailEnd
from tests.far_ends.server import serving


@pytest.fixture
def gmail(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[GmailEnd]:
    monkeypatch.setattr(token, "_kept", {})
    with serving(GmailEnd()) as far_end:
        settings.GMAIL_API_URL = far_end.url
        yield far_end


@pytest.fixture
def online(gmail: GmailEnd, make_context: MakeContext) -> Context:
    return make_context(http=Egress.from_settings(), secret=lambda slot: gmail.secret())
