"""The shipped scores, live: real tables, vault, walk and mails, with the services at their far ends."""

import json
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import pytest
from django.core.management import call_command
from pytest_django import Settings

from agents.skills.gmail import token
from agents.skills.pipeline.models import Contact, Pipeline
from maestro.workspaces.models import Workspace
from maestro.workspaces.vault import set_secret
from orchestras.models import Orchestra
from runs.actions import start_orchestra
from runs.models import Run, Trigger
from tests.far_ends.apollo import Apollo
from tests.far_ends.gmail import GmailEnd
from tests.far_ends.messages_api import speaking
from tests.far_ends.server import serving
from tests.runs.heroes.oracle import Oracle
from tests.runs.stage import play_here

Play: TypeAlias = Callable[..., Run]
AddContact: TypeAlias = Callable[..., Contact]


@pytest.fixture
def oracle(settings: Settings) -> Iterator[Oracle]:
    """The model's provider."""
    oracle = Oracle()
    with speaking(oracle) as api:
        settings.ANTHROPIC_BASE_URL = api.url
        yield oracle


@pytest.fixture
def apollo(settings: Settings) -> Iterator[Apollo]:
    with serving(Apollo()) as far_end:
        settings.APOLLO_API_URL = far_end.url
        yield far_end


@pytest.fixture
def gmail(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[GmailEnd]:
    monkeypatch.setattr(token, "_kept", {})
    with serving(GmailEnd()) as far_end:
        settings.GMAIL_API_URL = far_end.url
        yield far_end


@pytest.fixture
def workspace(transactional_db: None, apollo: Apollo, gmail: GmailEnd) -> Workspace:
    """What ships, with its secrets set."""
    call_command("seed", verbosity=0)
    workspace = Workspace.objects.get()
    set_secret(workspace, "apollo_api_key", "canary-apollo-key", by="test")
    set_secret(workspace, "anthropic_api_key", "canary-model-key", by="test")
    set_secret(workspace, "gmail_oauth", gmail.secret(), by="test")
    return workspace


@pytest.fixture
def play(workspace: Workspace, oracle: Oracle) -> Play:
    """Plays a shipped orchestra as far as it goes by itself."""

    def play(slug: str, **options: Any) -> Run:
        orchestra = Orchestra.objects.get(pk=f"or_{slug}")
        options = {"trigger": Trigger.MANUAL, "started_by": "test", **options}
        return play_here(start_orchestra(orchestra, **options))

    return play


@pytest.fixture
def add_contact(workspace: Workspace) -> AddContact:
    """Somebody who is in the pipeline already."""
    pipeline = Pipeline.objects.get(slug="outreach")

    def add(**fields: Any) -> Contact:
        named = {"name": "Known", "stage": "contacted"} | fields
        return Contact.objects.create(workspace=workspace, pipeline=pipeline, **named)

    return add


def everything_said(run: Run) -> str:
    """All that is recorded of a run."""
    rows = list(run.nodes.values("input", "output_json", "error"))
    return json.dumps([run.output, run.error, rows, list(run.events.values())], default=str)
