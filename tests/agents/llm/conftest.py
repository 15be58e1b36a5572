"""The far end is a server of the test's own."""

import pytest
from pytest_django import Settings

from tests.far_ends import messages_api


@pytest.fixture(autouse=True)
def far_end(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """ANTHROPIC_BASE_URL names whichever stand-in was started last."""
    plain = messages_api.MessagesAPI.__init__

    def named(self: messages_api.MessagesAPI, script: messages_api.Script) -> None:
        plain(self, script)
        settings.ANTHROPIC_BASE_URL = self.url

    monkeypatch.setattr(messages_api.MessagesAPI, "__init__", named)
