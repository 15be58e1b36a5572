"""A mailbox over IMAP, against Dovecot: listed, read, labelled; nothing told of what is secret."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from agents.addresses import Policy
from agents.egress import Egress
from agents.skills.context import Context
from agents.skills.email.inbox import probe
from agents.skills.registry import dispatch
from maestro.errors import (
    EgressRefused,
    InvalidNodeInput,
    MissingSecret,
    ServiceRefused,
    Unavailable,
)
from tests.agents.skills.conftest import MakeContext
from tests.far_ends import imap
from tests.far_ends.imap import PASSWORD, USER, Mailbox

OPENER = f"""From: Alex <{USER}>
To: maya@x.example
Message-ID: <op-1@example.com>
Subject: Roles
Date: Wed, 18 Nov 2026 09:00:00 +0100

Hi Maya
"""
ANSWER = f"""From: =?utf-8?q?M=C3=A4ya?= Chen <Maya@x.example>
To: {USER}
Message-ID: <re-1@x.example>
In-Reply-To: <op-1@example.com>
References: <op-1@example.com>
Subject: Re: Roles
Date: Thu, 19 Nov 2026 09:12:04 +0100
Content-Type: text/html; charset=utf-8

<p>Tuesday?</p><script>no()</script><blockquote>Hi Maya</blockquote>
"""
OTHER = """From: eve@y.example
Message-ID: <new@y.example>
Subject: New
Date: Fri, 20 Nov 2026 08:00:00 +0000

Hello
"""


NEAR = """From: eve@y.example
Message-ID: <loop-1@example.com>
Subject: Another thread whose id ends alike

Hello
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Mailbox]:
    if not imap.is_installed():
        pytest.skip("needs root and Dovecot: apt install dovecot-imapd")
    with TemporaryDirectory(prefix="maestro-imap-") as folder:
        Path(folder).chmod(0o755)
        with imap.serving(Path(folder)) as mailbox:
            mailbox.put(OPENER.encode(), ANSWER.encode(), OTHER.encode())
            yield mailbox


def holding(make_context: MakeContext, **account: Any) -> Context:
    """A context whose slot has this account, in a house that lets skills reach loopback."""
    said = {"host": "127.0.0.1", "user": USER, "password": PASSWORD, "tls": False, **account}
    http = Egress(Policy(hosts=frozenset({"127.0.0.1"})))
    return make_context(secret=lambda slot: json.dumps(said), http=http)


async def ask(operation: str, context: Context, **given: Any) -> dict[str, Any]:
    return (await dispatch("email", operation, {"account": "box", **given}, context)).output


async def test_threads_are_listed_read_and_labelled(
    server: Mailbox, make_context: MakeContext
) -> None:
    context = holding(make_context, port=server.port)

    listed = await ask("list_inbox", context, without_label="Maestro")
    read = await ask("read_thread", context, thread_id="op-1@example.com")
    labels = {"label": "Maestro/interested", "also": ["Maestro"]}
    done = await ask("label_thread", context, thread_id="op-1@example.com", **labels)

    assert [one["thread_id"] for one in listed["threads"]] == ["new@y.example", "op-1@example.com"]
    assert (read["from_email"], read["from_name"]) == ("maya@x.example", "Mäya Chen")
    assert read["text"].splitlines() == ["Tuesday?", "Hi Maya"]
    assert read["date"] == "2026-11-19T09:12:04+01:00"
    assert read["message_ids"] == ["<op-1@example.com>", "<re-1@x.example>"]
    assert done["labels"] == ["Maestro/interested", "Maestro"]
    flags = server.flags()
    assert ["Maestro/interested" in line for line in flags] == [True, True, False]
    assert not any("Seen" in line for line in flags)
    again = await ask("list_inbox", context, without_label="Maestro")
    assert [one["thread_id"] for one in again["threads"]] == ["new@y.example"]
    await ask("label_thread", context, thread_id="op-1@example.com", label="x", remove=["Maestro"])
    assert "Maestro " not in server.flags()[0].replace("Maestro/", "")
    server.delete(3)
    server.put(NEAR.encode())
    await ask("label_thread", context, thread_id="op-1@example.com", label="y", remove=["x"])
    kept = server.flags()
    assert ["y" in line.split("(FLAGS (")[1] for line in kept] == [True, True, False, False]
    assert "Deleted" in kept[2]  # marked by somebody else, and still there


async def test_what_is_not_there_is_named(server: Mailbox, make_context: MakeContext) -> None:
    context = holding(make_context, port=server.port)
    with pytest.raises(InvalidNodeInput, match="no folder 'Nope'"):
        await ask("list_inbox", context, folder="Nope")
    with pytest.raises(InvalidNodeInput, match="no message from anybody else"):
        await ask("read_thread", context, thread_id="gone@x.example")
    with pytest.raises(InvalidNodeInput, match="has no thread"):
        await ask("label_thread", context, thread_id="gone@x.example", label="x")
    with pytest.raises(InvalidNodeInput, match="cannot take"):
        await ask("label_thread", context, thread_id="a@b", label="two words")


async def test_a_refused_sign_in_tells_nothing_of_the_password(
    server: Mailbox, make_context: MakeContext
) -> None:
    wrong = holding(make_context, port=server.port, password="canary-wrong-4711")
    with pytest.raises(ServiceRefused, match="sign-in") as refusal:
        await ask("list_inbox", wrong)
    assert "canary" not in str(refusal.value) + str(refusal.value.details)


async def test_an_account_is_tried_by_signing_in_alone(
    server: Mailbox, make_context: MakeContext
) -> None:
    good = holding(make_context, port=server.port)
    wrong = holding(make_context, port=server.port, password="canary-wrong-4711")

    assert await probe(good, "box") == f"It opens the mailbox of {USER}."
    with pytest.raises(ServiceRefused, match="refuses the sign-in"):
        await probe(wrong, "box")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "169.254.169.254", "[::1]", "10.0.0.1"])
async def test_a_workspace_reaches_no_mail_server_inside(
    host: str, make_context: MakeContext
) -> None:
    said = {"host": host.strip("[]"), "user": USER, "password": PASSWORD}
    context = make_context(secret=lambda slot: json.dumps(said))
    with pytest.raises(EgressRefused):
        await ask("list_inbox", context)


async def test_a_workspace_that_names_other_hosts_reaches_no_mailbox(
    server: Mailbox, make_context: MakeContext
) -> None:
    context = holding(make_context, port=server.port)
    narrowed = replace(context, http=context.http.within(["imap.example.com"]))

    with pytest.raises(EgressRefused, match="not among the hosts"):
        await ask("list_inbox", narrowed)


async def test_a_port_of_another_service_and_an_open_line_are_refused(
    make_context: MakeContext,
) -> None:
    outside = make_context(http=Egress(Policy()))

    def saying(**account: Any) -> Context:
        said = {"host": "1.1.1.1", "user": USER, "password": PASSWORD, **account}
        return make_context(secret=lambda slot: json.dumps(said), http=outside.http)

    with pytest.raises(EgressRefused, match="Port 25 is not open"):
        await ask("list_inbox", saying(port=25))
    with pytest.raises(ServiceRefused, match="without TLS"):
        await ask("list_inbox", saying(port=143, tls=False))


async def test_a_certificate_nobody_vouches_for_and_a_dead_port_are_told(
    server: Mailbox, make_context: MakeContext
) -> None:
    with pytest.raises(ServiceRefused, match="cannot be trusted"):
        await ask("list_inbox", holding(make_context, port=server.port, tls=True))
    with pytest.raises(Unavailable):
        await ask("list_inbox", holding(make_context, port=9))


@pytest.mark.parametrize("secret", ["no json canary", '{"host": "x", "passwort": "canary"}', "[]"])
async def test_a_secret_that_is_no_account_is_told_without_it(
    secret: str, make_context: MakeContext
) -> None:
    with pytest.raises(MissingSecret, match="is like") as refusal:
        await ask("list_inbox", make_context(secret=lambda slot: secret))
    assert "canary" not in str(refusal.value)
