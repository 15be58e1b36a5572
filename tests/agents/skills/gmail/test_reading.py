import base64
from typing import Any

import pytest

from agents.skills.context import Context
from agents.skills.gmail.wire import Part
from agents.skills.outcome import JSON
from agents.skills.registry import dispatch
from maestro.errors import InvalidNodeInput, RateLimited, ServiceRefused
from tests.far_ends.gmail import GmailEnd, message, part, refusing


async def ask(operation: str, context: Context, **given: Any) -> JSON:
    return (await dispatch("gmail", operation, given, context)).output


async def test_the_inbox_is_listed_over_all_pages_up_to_the_limit(
    gmail: GmailEnd, online: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agents.skills.gmail.operations.PAGE", 2)

    all_of_them = await ask("list_inbox", online, query="is:unread")
    three = await ask("list_inbox", online, limit=3)

    assert [t["thread_id"] for t in all_of_them["threads"]] == ["t1", "t2", "t3", "t4"]
    assert len(three["threads"]) == 3
    asked = [request.query for request in gmail.seen if request.path.endswith("/threads")]
    assert asked[0] == {"q": ["is:unread"], "maxResults": ["2"]}
    assert asked[1] == {"q": ["is:unread"], "maxResults": ["2"], "pageToken": ["2"]}
    assert asked[-1]["maxResults"] == ["1"]


async def test_a_snippet_is_text_not_markup(online: Context) -> None:
    assert (await ask("list_inbox", online))["threads"][0]["snippet"] == "It's"


async def test_an_empty_inbox_is_an_empty_list(gmail: GmailEnd, online: Context) -> None:
    gmail.threads.clear()

    assert await ask("list_inbox", online) == {"threads": []}


async def test_the_newest_message_that_is_not_our_own_is_read(online: Context) -> None:
    read = await ask("read_thread", online, thread_id="t1")

    assert read == {
        "thread_id": "t1",
        "message_id": "m1b",
        "from_email": "maya@northwind.example",
        "from_name": "Chen, Maya",
        "to": ["me@ours.example"],
        "subject": "Re: Your roles",
        "date": "2026-11-19T09:12:04+01:00",
        "text": "Yes, show me on Tuesday.\n\nMaya",
        "labels": ["INBOX", "UNREAD"],
        "message_ids": ["<1a@mail.example>", "<1b@mail.example>"],
    }


async def test_our_own_answer_after_theirs_is_passed_over(gmail: GmailEnd, online: Context) -> None:
    gmail.threads["t1"].append(message("1c", "me@ours.example", part("text/plain", "ok"), "SENT"))

    assert (await ask("read_thread", online, thread_id="t1"))["message_id"] == "m1b"


async def test_a_thread_of_our_own_alone_is_refused(gmail: GmailEnd, online: Context) -> None:
    del gmail.threads["t1"][1]

    with pytest.raises(InvalidNodeInput, match="no message from anybody else"):
        await ask("read_thread", online, thread_id="t1")


async def test_a_thread_that_is_gone_says_so(online: Context) -> None:
    with pytest.raises(ServiceRefused, match="not found"):
        await ask("read_thread", online, thread_id="gone")


async def test_a_thread_id_cannot_lead_elsewhere(gmail: GmailEnd, online: Context) -> None:
    with pytest.raises(InvalidNodeInput):
        await ask("read_thread", online, thread_id="../messages/send")
    assert gmail.seen == []


QUOTA = (
    "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute per user' of service "
    "'gmail.googleapis.com' for consumer 'project_number:123456789012'."
)
LATER = "User-rate limit exceeded.  Retry after 2099-01-01T00:00:00.000Z (Mail sending)"


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("User Rate Limit Exceeded", "userRateLimitExceeded"),
        (QUOTA, "rateLimitExceeded"),
        ("Daily Limit Exceeded", "dailyLimitExceeded"),
    ],
)
async def test_googles_403_for_too_many_requests_is_a_rate_limit(
    gmail: GmailEnd, online: Context, message: str, reason: str
) -> None:
    await ask("list_inbox", online)
    gmail.faults.append(refusing(403, message, reason))

    with pytest.raises(RateLimited) as refused:
        await ask("list_inbox", online)
    assert refused.value.message == f"Gmail is asked too often: {message}"


@pytest.mark.parametrize("status", [403, 429])
async def test_the_time_to_come_again_is_read_from_what_gmail_says(
    gmail: GmailEnd, online: Context, status: int
) -> None:
    await ask("list_inbox", online)
    gmail.faults.append(refusing(status, LATER, "rateLimitExceeded"))

    with pytest.raises(RateLimited) as refused:
        await ask("list_inbox", online)
    assert float(str(refused.value.details["retry_after"])) > 86_400


async def test_another_403_says_in_googles_words_what_to_do(
    gmail: GmailEnd, online: Context
) -> None:
    await ask("list_inbox", online)
    enable = (
        "Gmail API has not been used in project 1 before or it is disabled. Enable it by visiting x"
    )
    gmail.faults.append(refusing(403, enable, "accessNotConfigured"))

    with pytest.raises(ServiceRefused, match=r"slot gmail_oauth \(403\): Gmail API has not") as no:
        await ask("list_inbox", online)
    assert no.value.message.endswith("Enable it by visiting x")


def read(**payload: Any) -> str:
    return Part.model_validate(payload).text()


def test_plain_text_is_found_in_nested_parts_and_attachments_are_left_alone() -> None:
    both = [part("text/plain", "Hello"), part("text/html", "<p>Hello in HTML</p>")]
    attached = part("text/plain", "no", filename="notes.txt")
    forwarded = {"mimeType": "message/rfc822", "parts": [part("text/plain", "forwarded")]}
    inner = {"mimeType": "multipart/alternative", "parts": both}

    assert read(mimeType="multipart/mixed", parts=[inner, attached, forwarded]) == "Hello"


def test_html_is_read_as_a_browser_shows_it() -> None:
    html = (
        "<html><head><title>t</title><style>p{}</style></head><body><p>Dear&nbsp;Ada,</p>"
        "<div>see <a href='x'>this</a> &amp; that<br>Bye</div><script>x()</script></body></html>"
    )

    assert read(**part("text/html", html)) == "Dear Ada,\nsee this & that\nBye"


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "windows-1252", "utf-16"])
def test_a_text_is_decoded_from_its_charset(charset: str) -> None:
    assert read(**part("text/plain", "Grüße", charset=charset)) == "Grüße"


def test_a_stateful_charset_is_not_taken_for_ascii() -> None:
    assert read(**part("text/plain", "こんにちは", charset="iso-2022-jp")) == "こんにちは"


def test_utf8_under_the_name_of_another_charset_is_read_as_utf8() -> None:
    mislabelled = part("text/plain", "Grüße")
    mislabelled["headers"][0]["value"] = "text/plain; charset=iso-8859-1"

    assert read(**mislabelled) == "Grüße"


def test_broken_bytes_and_unknown_charsets_do_not_stop_the_reading() -> None:
    broken = part("text/plain", "x")
    broken["headers"][0]["value"] = "text/plain; charset=klingon"
    broken["body"]["data"] = base64.urlsafe_b64encode(b"a\xffb").decode()

    assert read(**broken) == "a\ufffdb"
    assert read(mimeType="text/plain", body={"data": "!"}) == ""


@pytest.mark.parametrize(
    "sender",
    ["=?utf-8?Q?M=C3=BCller=2C_J=C3=B6rg?= <Joerg@x.example>", "Müller, Jörg <Joerg@x.example>"],
)
async def test_a_name_with_a_comma_is_no_address(
    gmail: GmailEnd, online: Context, sender: str
) -> None:
    text = part("text/plain", "Hi")
    gmail.threads["t5"] = [message("5a", sender, text, "INBOX")]

    output = await ask("read_thread", online, thread_id="t5")

    assert (output["from_email"], output["from_name"]) == ("joerg@x.example", "Müller, Jörg")


async def test_encoded_headers_are_decoded(gmail: GmailEnd, online: Context) -> None:
    subject = "=?utf-8?B?R3LDvMOfZQ==?="
    sender = "=?iso-8859-1?Q?J=F6rg?= <joerg@x.example>"
    text = part("text/plain", "Hi")
    gmail.threads["t5"] = [message("5a", sender, text, "INBOX", Subject=subject)]

    output = await ask("read_thread", online, thread_id="t5")

    assert (output["subject"], output["from_name"]) == ("Grüße", "Jörg")
    assert output["from_email"] == "joerg@x.example"
