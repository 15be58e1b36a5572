from dataclasses import replace
from typing import Any

import pytest

from agents.skills.context import Context
from agents.skills.outcome import JSON
from agents.skills.registry import dispatch, find, look_up
from maestro.errors import InvalidNodeInput, OutcomeUnknown, ServiceRefused, Unavailable
from tests.agents.skills.conftest import MakeContext
from tests.far_ends.gmail import GmailEnd, refusing
from tests.far_ends.server import Reply

MAIL = {"to": "maya@northwind.example", "subject": "Ihre 4 Stellen: Grüße", "body": "Hi Maya,\n"}


async def ask(operation: str, context: Context, **given: Any) -> JSON:
    return (await dispatch("gmail", operation, given, context)).output


async def test_a_mail_is_sent_with_a_mark_of_its_key(
    gmail: GmailEnd, online: Context, make_context: MakeContext
) -> None:
    first = await ask("send_email", online, **MAIL, cc="b@x.io")
    await ask("send_email", online, **MAIL)

    one, again = gmail.sent
    assert first == {"message_id": "sent_0", "thread_id": "ts0"}
    assert (one["to"], one["cc"], one["subject"]) == (MAIL["to"], "b@x.io", MAIL["subject"])
    assert one["text"].strip() == "Hi Maya,"
    assert one["message-id"] == again["message-id"]
    assert one["x-maestro-key"] == again["x-maestro-key"]
    assert "from" not in one and "in-reply-to" not in one


async def test_an_answer_joins_its_thread(gmail: GmailEnd, online: Context) -> None:
    thread = await ask("read_thread", online, thread_id="t1")

    await ask("send_email", online, **{**thread, **MAIL, "to": thread["from_email"], "cc": []})

    (sent,) = gmail.sent
    assert sent["thread"] == "t1"
    assert sent["in-reply-to"] == "<1b@mail.example>"
    assert sent["references"] == "<1a@mail.example> <1b@mail.example>"


async def test_it_can_answer_an_earlier_message(gmail: GmailEnd, online: Context) -> None:
    known = ["<1a@x>", "<1b@x>"]
    given = {"in_reply_to_message_id": "<1a@x>", "message_ids": known, "thread_id": "t1"}

    await ask("send_email", online, **MAIL, **given)

    assert gmail.sent[0]["in-reply-to"] == "<1a@x>"
    assert gmail.sent[0]["references"] == "<1b@x> <1a@x>"


@pytest.mark.parametrize(
    "bad", [{"to": ""}, {"to": "a@x.io\nBcc: b@x.io"}, {"subject": "a\nBcc: b@x.io"}]
)
async def test_nothing_can_be_added_to_the_headers(
    gmail: GmailEnd, online: Context, bad: dict[str, str]
) -> None:
    with pytest.raises(InvalidNodeInput):
        await ask("send_email", online, **MAIL | bad)
    assert gmail.sent == []


@pytest.mark.parametrize("fault", [Reply(500), Reply(200, b"<html>"), Reply(200, {"ok": True})])
async def test_a_send_that_may_have_happened_says_where_to_look(
    gmail: GmailEnd, online: Context, fault: Reply
) -> None:
    await ask("list_inbox", online)
    gmail.faults.append(fault)

    with pytest.raises(OutcomeUnknown, match=f"in:sent to:{MAIL['to']}"):
        await ask("send_email", online, **MAIL)


async def test_a_send_that_was_refused_did_not_happen(gmail: GmailEnd, online: Context) -> None:
    await ask("list_inbox", online)
    gmail.faults.append(Reply(400, {"error": {"message": "Invalid To header"}}))

    with pytest.raises(ServiceRefused, match="Invalid To header"):
        await ask("send_email", online, **MAIL)


async def test_a_refused_token_does_not_send_twice(gmail: GmailEnd, online: Context) -> None:
    await ask("list_inbox", online)
    gmail.tokens.clear()

    await ask("send_email", online, **MAIL)

    assert len(gmail.sent) == 1


def test_a_send_cut_in_half_is_never_repeated_by_itself() -> None:
    assert find("gmail", "send_email").guarantee() == "at_most_once"
    assert not find("gmail", "send_email").retryable
    assert find("gmail", "label_thread").guarantee() == "once_per_key"


async def test_a_send_whose_answer_was_lost_is_found_by_its_mark(
    gmail: GmailEnd, online: Context
) -> None:
    operation = find("gmail", "send_email")
    other = replace(online, idempotency_key="another key")
    await ask("send_email", online, **MAIL)
    await ask("send_email", other, **MAIL)

    assert await look_up(operation, MAIL, online) == (
        "success",
        {"message_id": "sent_0", "thread_id": "ts0"},
    )
    unsent = replace(online, idempotency_key="unsent")
    assert await look_up(operation, MAIL, unsent) is None


async def test_labels_are_made_when_missing_and_put_on_once(
    gmail: GmailEnd, online: Context
) -> None:
    given = {"thread_id": "t1", "label": "Maestro/interested", "also": ["Maestro"]}

    output = await ask("label_thread", online, **given)
    await ask("label_thread", online, **given)

    assert output == {"thread_id": "t1", "labels": ["Maestro/interested", "Maestro"]}
    assert [*gmail.labels.values()][3:] == ["Maestro/interested", "Maestro"]
    listed = await ask("list_inbox", online, query="is:unread -label:Maestro")
    assert "t1" not in [thread["thread_id"] for thread in listed["threads"]]


async def test_labels_are_taken_off_and_unknown_ones_left(gmail: GmailEnd, online: Context) -> None:
    await ask("label_thread", online, thread_id="t1", label="Seen", remove=["UNREAD", "Nothing"])

    assert all("UNREAD" not in one["labelIds"] for one in gmail.threads["t1"])
    assert "Nothing" not in gmail.labels.values()


async def test_a_label_that_another_item_makes_meanwhile_is_used(
    gmail: GmailEnd, online: Context
) -> None:
    gmail.labels["Label_9"] = "Maestro"
    await ask("list_inbox", online)
    gmail.faults.append(Reply(body={"labels": []}))

    await ask("label_thread", online, thread_id="t1", label="maestro")

    assert "Label_9" in gmail.threads["t1"][0]["labelIds"]


async def test_a_label_that_gmail_neither_makes_nor_lists_is_not_told_as_put_on(
    gmail: GmailEnd, online: Context
) -> None:
    gmail.labels["Label_9"] = "Maestro/a/b"
    await ask("list_inbox", online)
    conflict = refusing(409, "Label name exists or conflicts", "aborted")
    gmail.faults += [Reply(body={"labels": []}), conflict]

    with pytest.raises(ServiceRefused, match="exists or conflicts"):
        await ask("label_thread", online, thread_id="t1", label="Maestro/a-b")


async def test_a_label_not_put_on_may_be_tried_again(gmail: GmailEnd, online: Context) -> None:
    await ask("label_thread", online, thread_id="t1", label="Seen")
    gmail.faults += [Reply(body={"labels": [{"id": "Label_3", "name": "Seen"}]}), Reply(500)]

    with pytest.raises(Unavailable):
        await ask("label_thread", online, thread_id="t1", label="Seen")
