from dataclasses import replace

import pytest

from agents.skills.context import Context
from agents.skills.gmail import token
from agents.skills.gmail.token import access_token
from agents.skills.registry import dispatch
from maestro.errors import MissingSecret, ServiceRefused, Unavailable
from tests.far_ends.gmail import GmailEnd
from tests.far_ends.server import Reply


def with_secret(context: Context, secret: str) -> Context:
    return replace(context, secret=lambda slot: secret)


async def list_inbox(context: Context) -> list[str]:
    outcome = await dispatch("gmail", "list_inbox", {}, context)
    return [thread["thread_id"] for thread in outcome.output["threads"]]


async def test_a_token_is_fetched_once_and_kept(gmail: GmailEnd, online: Context) -> None:
    await list_inbox(online)
    await list_inbox(online)

    assert [request.path for request in gmail.seen].count("/token") == 1


async def test_a_token_gmail_refuses_is_fetched_anew_once(gmail: GmailEnd, online: Context) -> None:
    await list_inbox(online)
    gmail.tokens.clear()

    assert await list_inbox(online)
    assert [request.path for request in gmail.seen].count("/token") == 2


async def test_a_token_near_its_end_is_not_used(
    gmail: GmailEnd, online: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    gmail.faults.append(Reply(body={"access_token": "ya29.short", "expires_in": 59}))

    assert await access_token(online) == "ya29.short"
    assert await access_token(online) == "ya29.canary-1"


async def test_another_secret_has_another_token(gmail: GmailEnd, online: Context) -> None:
    await access_token(online)
    await access_token(with_secret(online, gmail.secret(client_id="another")))

    assert gmail.refreshed == 2


async def test_the_token_is_concealed_like_the_secret_itself(
    gmail: GmailEnd, online: Context
) -> None:
    concealed: list[tuple[str, str]] = []
    context = replace(online, conceal=lambda slot, value: concealed.append((slot, value)))

    await access_token(context)

    assert concealed == [("gmail_oauth", "ya29.canary-1")]


async def test_a_bare_access_token_is_used_as_it_is(gmail: GmailEnd, online: Context) -> None:
    gmail.tokens.add("ya29.by-hand")

    assert await list_inbox(with_secret(online, "ya29.by-hand"))
    assert "/token" not in [request.path for request in gmail.seen]


async def test_a_bare_token_that_ran_out_names_the_slot(gmail: GmailEnd, online: Context) -> None:
    with pytest.raises(ServiceRefused, match=r"slot gmail_oauth \(401\)"):
        await list_inbox(with_secret(online, "ya29.old"))


async def test_a_revoked_consent_says_to_connect_again(gmail: GmailEnd, online: Context) -> None:
    context = with_secret(online, gmail.secret(refresh_token="1//revoked"))

    with pytest.raises(ServiceRefused, match="connect the account again"):
        await list_inbox(context)


async def test_a_client_google_does_not_know_is_told_in_googles_word(
    gmail: GmailEnd, online: Context
) -> None:
    with pytest.raises(ServiceRefused, match=r"OAuth client .*\(401\): invalid_client"):
        await list_inbox(with_secret(online, gmail.secret(client_secret="another")))


@pytest.mark.parametrize("secret", ["{}", "{not json", '{"client_id": "a"}'])
async def test_a_secret_of_another_shape_says_which_shape_it_wants(
    online: Context, secret: str
) -> None:
    with pytest.raises(MissingSecret, match="refresh_token"):
        await list_inbox(with_secret(online, secret))


async def test_a_broken_token_endpoint_may_be_asked_again(gmail: GmailEnd, online: Context) -> None:
    gmail.faults.append(Reply(503))

    with pytest.raises(Unavailable):
        await list_inbox(online)
    assert token._kept == {}


async def test_a_token_answer_not_as_documented_is_refused(
    gmail: GmailEnd, online: Context
) -> None:
    gmail.faults.append(Reply(200, {"token": "x"}))

    with pytest.raises(ServiceRefused, match="did not answer as documented"):
        await list_inbox(online)
