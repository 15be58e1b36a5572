"""A write that was cut in half: repeated under its key, or a person is asked."""

from pathlib import Path

import pytest
from aiosmtpd.smtp import Envelope
from pytest_django import Settings

from maestro.errors import Conflict, NotFound
from runs.actions import answer_cut_write
from runs.models import NodeStatus, Run, RunNode, RunStatus
from scores.document import GraphDocument
from tests.agents.skills.email.conftest import Postbox, StartServer
from tests.scores.graphs import graph, step

from .clusters import RunningCluster, ended
from .stage import play_and_die, play_here
from .worlds import score, start

MAIL = {"to": "ops@example.com", "subject": "Hello", "body": "There"}


def mailing() -> GraphDocument:
    return graph(
        step("send", skill="email", operation="send_email"),
        step("after", config={"params": {"fields": ["message_id"]}}),
        "send -> after",
    )


@pytest.fixture
def mailbox(start_server: StartServer) -> tuple[Postbox, str]:
    return start_server()


@pytest.fixture
def sent(mailbox: tuple[Postbox, str]) -> list[Envelope]:
    """What arrived at the mail server."""
    return mailbox[0].mails


@pytest.fixture
def cluster_environment(
    cluster_environment: dict[str, str], mailbox: tuple[Postbox, str]
) -> dict[str, str]:
    """Dies once, right after the mail went out and before its receipt is recorded."""
    return {
        **cluster_environment,
        "MAESTRO_CRASH": "write.done",
        "MAESTRO_SMTP_URL": f"smtp://{mailbox[1]}",
    }


def test_a_mail_cut_in_half_by_a_kill_is_not_sent_again_but_asked_about(
    cluster: RunningCluster, sent: list[Envelope]
) -> None:
    run = ended(start(score(mailing()), MAIL))

    assert run.status == RunStatus.NEEDS_ATTENTION
    row = run.nodes.get(node_key="send")
    assert (row.status, (row.error or {})["code"]) == (NodeStatus.NEEDS_ATTENTION, "cut_in_half")
    assert len(sent) == 1


@pytest.fixture
def cut_run(
    transactional_db: None, mailbox: tuple[Postbox, str], settings: Settings, tmp_path: Path
) -> Run:
    """One that asks, as it is after the same death."""
    settings.MAESTRO_SMTP_URL = f"smtp://{mailbox[1]}"
    run = play_here(play_and_die(start(score(mailing()), MAIL), "write.done", tmp_path))
    assert run.status == RunStatus.NEEDS_ATTENTION
    return run


def test_it_was_sent_goes_on_without_sending(cut_run: Run, sent: list[Envelope]) -> None:
    run = answer_cut_write(cut_run, node="send", iteration="", sent=True, by="ines")

    assert play_here(run).status == RunStatus.SUCCEEDED
    assert len(sent) == 1
    assert run.nodes.get(node_key="after").status == NodeStatus.SUCCEEDED


def test_it_was_not_sends_it_again_as_a_second_attempt(cut_run: Run, sent: list[Envelope]) -> None:
    run = answer_cut_write(cut_run, node="send", iteration="", sent=False, by="ines")

    assert play_here(run).status == RunStatus.SUCCEEDED
    assert len(sent) == 2
    attempts = RunNode.objects.filter(run=run, node_key="send").order_by("attempt")
    assert [a.status for a in attempts] == [NodeStatus.CANCELLED, NodeStatus.SUCCEEDED]


def test_an_answer_needs_a_question(cut_run: Run) -> None:
    with pytest.raises(NotFound):
        answer_cut_write(cut_run, node="after", iteration="", sent=True, by="ines")
    run = answer_cut_write(cut_run, node="send", iteration="", sent=True, by="ines")
    with pytest.raises(Conflict):
        answer_cut_write(play_here(run), node="send", iteration="", sent=True, by="ines")
