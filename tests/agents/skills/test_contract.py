"""Every built-in skill keeps to the contract that a third party's is tested by."""

from contextlib import nullcontext
from pathlib import Path

import pytest
from imap_tools import MailMessage
from pytest_django import Settings

from agents.skills import registry
from agents.skills.apollo.operations import skill as apollo
from agents.skills.compose.operations import skill as compose
from agents.skills.contract import Reply, SkillContract
from agents.skills.data.operations import skill as data
from agents.skills.email import inbox
from agents.skills.email.operations import skill as email
from agents.skills.gmail.operations import skill as gmail
from agents.skills.http.operations import skill as http
from agents.skills.notify.operations import skill as notify
from agents.skills.pipeline.actions import create_pipeline
from agents.skills.pipeline.models import Contact, Kind
from agents.skills.pipeline.operations import skill as pipeline
from agents.skills.web_research.operations import skill as web_research
from maestro.workspaces.models import Workspace
from tests.agents.skills import cases


class TestData(SkillContract):
    skill, cases = data, cases.DATA


class TestHttp(SkillContract):
    skill, cases = http, cases.HTTP


class TestGmail(SkillContract):
    skill, cases = gmail, cases.GMAIL
    probes = {"gmail_oauth": [Reply(json={"emailAddress": "me@ours.example"})]}


class TestApollo(SkillContract):
    skill, cases = apollo, cases.APOLLO
    probes = {"apollo_api_key": [Reply(json={"healthy": True, "is_logged_in": True})]}


class TestWebResearch(SkillContract):
    skill, cases = web_research, cases.WEB_RESEARCH
    probes = {"tavily_api_key": [Reply(json={"key": {"usage": 150, "limit": 1000}})]}


class TestCompose(SkillContract):
    skill, cases = compose, cases.COMPOSE


class Box:
    """A mailbox with one mail in it; the real thing is asked in `email/test_inbox.py`."""

    mail = MailMessage.from_bytes(b"From: ada@x.example\nMessage-ID: <op-1@example.com>\n\nHi\n")

    def fetch(self, *criteria: object, **options: object) -> list[MailMessage]:
        return [self.mail]

    @property
    def client(self) -> "Box":
        return self

    def uid(self, command: str, uids: str, change: str, flags: str) -> tuple[str, list[bytes]]:
        self.mail.flags = tuple(flags.strip("()").split())
        return "OK", []


class TestEmail(SkillContract):
    skill, cases = email, cases.EMAIL

    @pytest.fixture(autouse=True)
    def box(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(inbox, "open_mailbox", lambda *_: nullcontext(Box()))
        monkeypatch.setattr(MailMessage, "uid", "1")

    @pytest.fixture(autouse=True)
    def kept_elsewhere(self, settings: Settings, tmp_path: Path) -> None:
        settings.MAIL_DIR = tmp_path


class InWorkspace(SkillContract):
    @pytest.fixture(autouse=True)
    def in_workspace(self, db: None) -> None:
        workspace = Workspace.objects.create(name="Ours", slug="ours")
        pipeline = create_pipeline(workspace, name="Outreach", slug="outreach", kind=Kind.OUTREACH)
        known = {"id": "ct_known", "email": "known@x.example", "stage": "new"}
        Contact.objects.create(workspace=pipeline.workspace, pipeline=pipeline, **known)
        type(self).workspace_id = pipeline.workspace_id


class TestPipeline(InWorkspace):
    skill, cases = pipeline, cases.PIPELINE


class TestNotify(InWorkspace):
    skill, cases = notify, cases.NOTIFY

    @pytest.fixture(autouse=True)
    def kept_elsewhere(self, settings: Settings, tmp_path: Path) -> None:
        settings.MAIL_DIR = tmp_path


def test_no_skill_is_left_out() -> None:
    covered = {TestData, TestHttp, TestGmail, TestApollo, TestWebResearch, TestCompose, TestEmail}
    covered |= {TestPipeline, TestNotify}
    late = {"mcp", "mcp_read"}  # no operations of their own: tested against a real server

    assert {one.skill.name for one in covered} | late == {skill.name for skill in registry.skills()}
