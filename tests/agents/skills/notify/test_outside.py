"""Telling people and programs outside of Maestro: by mail, in a chat, by a signed webhook."""

import base64
import hashlib
import hmac
from dataclasses import replace
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from agents.addresses import Policy
from agents.egress import Egress
from agents.skills.contract import Case, Reply, play
from agents.skills.notify.operations import skill
from agents.skills.registry import dispatch, find
from maestro.errors import InvalidNodeInput, OutcomeUnknown, ServiceRefused
from maestro.workspaces.models import Membership, Role, Workspace
from tests.agents.far_end import serving
from tests.agents.skills.conftest import MakeContext

CHAT = "https://hooks.slack.com/services/T1/B1/canary4711"
TO_CHAT = Case(
    operation="send_slack",
    input={
        "secret": "chat",
        "title": "{n} new",
        "message": "For {lead.name}",
        "n": 3,
        "lead": {"name": "Ada"},
    },
    replies=[Reply(body=b"ok")],
    secrets={"chat": CHAT},
    homes={"chat": ["hooks.slack.com"]},
)
SIGNED = Case(
    operation="send_webhook",
    input={
        "url": "https://x.example/hook",
        "type": "lead.new",
        "payload": {"a": 1},
        "signing_secret": "sign",
    },
    replies=[Reply(status=200)],
    secrets={"sign": "whsec_" + base64.b64encode(b"k" * 24).decode()},
)


def test_a_chat_gets_title_message_and_the_link_to_the_run() -> None:
    asked = play(skill, TO_CHAT).asked[0]
    assert (asked.method, asked.url) == ("POST", CHAT)
    assert asked.json()["text"].splitlines()[:2] == ["*3 new*", "For Ada"]
    assert asked.json()["text"].splitlines()[2].startswith("<http")


def test_a_webhook_that_is_gone_is_told_without_its_address() -> None:
    gone = [Reply(status=404, body=b"no_service")]
    with pytest.raises(ServiceRefused, match="no_service") as refusal:
        play(skill, TO_CHAT, replies=gone)
    assert "canary" not in str(refusal.value) + str(refusal.value.details)


def test_what_is_filled_in_mentions_nobody_and_links_nowhere() -> None:
    given = {"message": "<!here> {name}", "name": "<!channel> Harbor & <https://evil.example|Pine>"}
    asked = play(skill, replace(TO_CHAT, input={**TO_CHAT.input, **given})).asked[0]
    shown = "<!here> &lt;!channel&gt; Harbor &amp; &lt;https://evil.example|Pine&gt;"
    assert asked.json()["text"].splitlines()[1] == shown


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Reply(status=410, body=b"channel_is_archived"), "channel_is_archived"),
        (Reply(status=403, body=b"action_prohibited"), "action_prohibited"),
        (Reply(json={"success": False, "error": "invalid-channel"}), "invalid-channel"),
        (Reply(status=302, headers={"location": "https://hooks.slack.com/"}), "302"),
    ],
)
def test_what_a_chat_did_not_post_is_an_error(answer: Reply, said: str) -> None:
    with pytest.raises(ServiceRefused, match=said):
        play(skill, TO_CHAT, replies=[answer])


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<!DOCTYPE html><title>Sign in</title>", "A web page answered"),
        (b'{"success": tr', "answer is broken"),
    ],
)
def test_what_is_no_chats_answer_leaves_open_whether_it_was_posted(body: bytes, said: str) -> None:
    with pytest.raises(OutcomeUnknown, match=said):
        play(skill, TO_CHAT, replies=[Reply(body=body)])


@pytest.mark.parametrize("answer", [Reply(body=b"ok"), Reply(json={"success": True}), Reply()])
def test_every_chats_way_to_say_yes_is_known(answer: Reply) -> None:
    assert play(skill, TO_CHAT, replies=[answer]).outcome.output == {"status": 200}


def test_a_webhook_carries_a_signature_that_its_receiver_can_check() -> None:
    asked = play(skill, SIGNED).asked[0]
    signed = ".".join(
        [asked.headers["webhook-id"], asked.headers["webhook-timestamp"], asked.body.decode()]
    )
    expected = base64.b64encode(hmac.digest(b"k" * 24, signed.encode(), hashlib.sha256)).decode()
    assert asked.headers["webhook-signature"] == f"v1,{expected}"
    assert asked.json() == {"type": "lead.new", "run_id": "run_1", "data": {"a": 1}}


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
async def test_a_webhook_is_not_led_elsewhere_and_lost_on_the_way(
    code: int, make_context: MakeContext
) -> None:
    with serving() as far_end:
        moved = f"{far_end.url}/redirect/{code}//json"
        context = make_context(http=Egress(Policy.of([], [far_end.url])))

        with pytest.raises(ServiceRefused, match=f"answered {code}"):
            await dispatch("notify", "send_webhook", {"url": moved}, context)
        assert len(far_end.seen) == 1


def test_an_attempt_again_carries_the_same_id_and_another_node_another() -> None:
    first, again, other = (
        play(skill, SIGNED, key=key).asked[0].headers["webhook-id"] for key in ("a", "a", "b")
    )
    assert first == again != other


@pytest.fixture
def workspace(db: None) -> Workspace:
    return Workspace.objects.create(name="Ours", slug="ours")


def test_without_addresses_the_people_of_the_workspace_get_the_mail(
    workspace: Workspace, make_context: MakeContext, settings: Settings, tmp_path: Path
) -> None:
    settings.MAIL_DIR = tmp_path
    for name, is_active in (("ada", True), ("gone", False)):
        user = User.objects.create(username=name, email=f"{name}@x.example", is_active=is_active)
        Membership.objects.create(workspace=workspace, user=user, role=Role.VIEWER)
    User.objects.create(username="eve", email="eve@x.example")
    context = make_context(workspace_id=workspace.pk)

    find("notify", "send_mail").call_local({"title": "{n} new", "message": "Look", "n": 3}, context)

    mail = next(tmp_path.glob("*.eml")).read_text()
    assert "To: ada@x.example" in mail and "Subject: 3 new" in mail
    assert "/admin/runs/run/run_1/change/" in mail and "http://" in mail


def test_where_nobody_has_an_address_the_node_says_so(
    workspace: Workspace, make_context: MakeContext
) -> None:
    with pytest.raises(InvalidNodeInput, match="Nobody"):
        find("notify", "send_mail").call_local(
            {"title": "x"}, make_context(workspace_id=workspace.pk)
        )
