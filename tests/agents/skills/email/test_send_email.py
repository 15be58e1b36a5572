import asyncio
import socket
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from agents.skills.context import Context
from agents.skills.outcome import Outcome
from agents.skills.registry import dispatch, find
from maestro.errors import InvalidNodeInput, OutcomeUnknown, ServiceRefused, Unavailable
from tests.agents.skills.conftest import MakeContext
from tests.agents.skills.email.conftest import StartServer, only_ada
from tests.ports import deaf_port

MAIL = {"to": "ops@example.com", "subject": "3 new, 2 known", "body": "Grüße\n"}


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    """Where mails are kept, with no mail server set."""
    settings.MAESTRO_SMTP_URL = ""
    settings.MAIL_DIR = tmp_path / "mail"
    return tmp_path / "mail"


async def send(context: Context, **changes: Any) -> Outcome:
    return await dispatch("email", "send_email", {**MAIL, **changes}, context)


def parsed(content: object) -> EmailMessage:
    assert isinstance(content, bytes)
    return message_from_bytes(content, policy=policy.default)


async def test_without_a_mail_server_a_mail_is_kept_as_a_file(
    folder: Path, context: Context
) -> None:
    output = (await send(context, cc="b@example.com")).output

    mail = parsed((folder / output["file"]).read_bytes())
    assert output == {"message_id": mail["Message-ID"], "kept": True, "file": output["file"]}
    assert (mail["To"], mail["Cc"]) == ("ops@example.com", "b@example.com")
    assert (mail["Subject"], mail.get_content()) == ("3 new, 2 known", "Grüße\r\n")


async def test_the_same_key_keeps_one_file(
    folder: Path, context: Context, make_context: MakeContext
) -> None:
    first = await send(context)

    assert await send(context, body="again") == first
    assert await send(make_context(idempotency_key="run_1/a_node/each:1")) != first
    assert len(list(folder.iterdir())) == 2


async def test_a_key_cannot_lead_out_of_the_folder(folder: Path, make_context: MakeContext) -> None:
    output = (await send(make_context(idempotency_key="../../etc/x\x00" + "y" * 500))).output

    assert (folder / output["file"]).parent == folder
    assert (folder / output["file"]).exists()


def test_only_a_mail_server_makes_it_at_most_once(folder: Path, settings: Settings) -> None:
    operation = find("email", "send_email")

    assert operation.guarantee() == "once_per_key"
    settings.MAESTRO_SMTP_URL = "smtp://mail.example.com"
    assert operation.guarantee() == "at_most_once"


async def test_a_mail_goes_to_all_over_smtp(
    start_server: StartServer, settings: Settings, context: Context
) -> None:
    postbox, address = start_server()
    settings.MAESTRO_SMTP_URL = f"smtp://{address}?from=me@example.com"

    first = (await send(context, to=["a@x.io, b@x.io"], cc="c@x.io")).output
    again = (await send(context)).output

    envelope = postbox.mails[0]
    mail = parsed(envelope.content)
    assert envelope.rcpt_tos == ["a@x.io", "b@x.io", "c@x.io"]
    assert (mail["From"], mail["To"]) == ("me@example.com", "a@x.io, b@x.io")
    assert first == again == {"message_id": mail["Message-ID"], "kept": False}


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
async def test_it_signs_in_with_what_the_url_says(
    start_server: StartServer, settings: Settings, context: Context
) -> None:
    postbox, address = start_server(
        authenticator=only_ada, auth_required=True, auth_require_tls=False
    )
    settings.MAESTRO_SMTP_URL = f"smtp://ada%40x.io:p%40ss@{address}"
    await send(context)

    settings.MAESTRO_SMTP_URL = f"smtp://ada%40x.io:canary@{address}"
    with pytest.raises(ServiceRefused) as refused:
        await send(context)

    assert [envelope.mail_from for envelope in postbox.mails] == ["ada@x.io"]
    assert "canary" not in str(refused.value.as_json())


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"to": "a@x.io,nobody@x.io"}, ServiceRefused),
        ({"to": "a@x.io,busy@x.io"}, Unavailable),
        ({"body": "spam"}, ServiceRefused),
    ],
)
async def test_a_refused_mail_goes_to_nobody(
    changes: dict[str, str],
    error: type[Exception],
    start_server: StartServer,
    settings: Settings,
    context: Context,
) -> None:
    postbox, address = start_server()
    settings.MAESTRO_SMTP_URL = f"smtp://{address}"

    with pytest.raises(error):
        await send(context, **changes)
    assert postbox.mails == []


async def test_a_server_that_falls_silent_with_the_mail_in_hand_leaves_it_unknown(
    start_server: StartServer, settings: Settings, context: Context
) -> None:
    postbox, address = start_server()
    settings.MAESTRO_SMTP_URL = f"smtp://{address}"

    with pytest.raises(OutcomeUnknown):
        await send(context, body="hang up")
    assert len(postbox.mails) == 1


async def test_a_server_that_is_not_there_is_unavailable(
    settings: Settings, context: Context
) -> None:
    with deaf_port() as port, pytest.raises(Unavailable):
        settings.MAESTRO_SMTP_URL = f"smtp://127.0.0.1:{port}"
        await send(context)


async def test_a_server_without_starttls_gets_no_mail_when_it_is_asked_for(
    start_server: StartServer, settings: Settings, context: Context
) -> None:
    postbox, address = start_server()
    settings.MAESTRO_SMTP_URL = f"smtp://{address}?starttls"

    with pytest.raises(ServiceRefused):
        await send(context)
    assert postbox.mails == []


@pytest.mark.parametrize(
    ("greeting", "error"),
    [("554 No mail from your network", ServiceRefused), ("421 Too busy", Unavailable)],
)
async def test_a_server_that_turns_us_away_at_once_is_told_in_its_words(
    greeting: str, error: type[Exception], settings: Settings, context: Context
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.MAESTRO_SMTP_URL = f"smtp://127.0.0.1:{server.getsockname()[1]}"
        sending = asyncio.create_task(send(context))
        line = (await asyncio.to_thread(server.accept))[0]
        line.sendall(f"{greeting}\r\n".encode())
        with pytest.raises(error, match=greeting):
            await sending
        line.close()


async def test_an_answer_names_the_thread_it_belongs_to(folder: Path, context: Context) -> None:
    output = (await send(context, message_ids=["<a@x.io>", "<b@x.io>"])).output

    mail = parsed((folder / output["file"]).read_bytes())
    assert (mail["In-Reply-To"], mail["References"]) == ("<b@x.io>", "<a@x.io> <b@x.io>")


@pytest.mark.parametrize(
    "changes",
    [
        {"message_ids": ["<a@x.io>\r\nBcc: all@x.io"]},
        {"subject": "Hello\r\nBcc: all@x.io"},
        {"subject": "Hello\nBcc: all@x.io"},
        {"to": "a@x.io\nBcc: all@x.io"},
        {"to": "a@x.io>\r\nRCPT TO:<b@x.io"},
        {"sender": "a@x.io\r\nX: y"},
        {"to": ""},
        {"body": "\ud800"},
        {"to": []},
        {"to": "broken"},
        {"to": "ä@x.io"},
        {"to": [f"a{n}@x.io" for n in range(51)]},
    ],
)
async def test_a_mail_that_could_smuggle_something_is_refused(
    changes: dict[str, Any], folder: Path, context: Context
) -> None:
    with pytest.raises(InvalidNodeInput):
        await send(context, **changes)
    assert not folder.exists()
