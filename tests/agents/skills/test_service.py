"""What every service behind a secret has in common, shown with Apollo's shortest operation."""

from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import Settings

from agents.egress import Egress
from agents.skills.context import Context
from agents.skills.registry import call, dispatch, find
from maestro.errors import MissingSecret, RateLimited, ServiceRefused, TimedOut, Unavailable
from tests.agents.skills.conftest import MakeContext
from tests.far_ends.apollo import Apollo
from tests.far_ends.server import Reply, serving

KEY = "canary-apollo-key"


@pytest.fixture
def apollo(settings: Settings) -> Iterator[Apollo]:
    with serving(Apollo()) as far_end:
        settings.APOLLO_API_URL = f"{far_end.url}/"
        yield far_end


@pytest.fixture
def online(apollo: Apollo, make_context: MakeContext) -> Context:
    return make_context(http=Egress.from_settings(), secret={"apollo_api_key": KEY}.__getitem__)


async def ask(context: Context) -> dict[str, Any]:
    outcome = await dispatch("apollo", "enrich_domain", {"domain": "northwind.example"}, context)
    return outcome.output


async def test_the_deployers_stand_in_is_asked_under_the_secret(
    apollo: Apollo, online: Context
) -> None:
    await ask(online)

    assert apollo.seen[0].path == "/api/v1/organizations/enrich"
    assert apollo.seen[0].headers["x-api-key"] == KEY


async def test_without_a_secret_nothing_is_asked(apollo: Apollo, make_context: MakeContext) -> None:
    with pytest.raises(MissingSecret):
        await ask(make_context(http=Egress.from_settings()))
    assert apollo.seen == []


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("revoked-key", "(401): Invalid API key. See https://docs.apollo.io"),
        ("scoped-key", "(403): This API key is not authorized to access api/v1/organizations"),
    ],
)
async def test_a_refused_secret_is_named_by_its_slot(
    apollo: Apollo, make_context: MakeContext, key: str, said: str
) -> None:
    secret = {"apollo_api_key": key}.__getitem__

    with pytest.raises(ServiceRefused, match="slot apollo_api_key") as refused:
        await ask(make_context(http=Egress.from_settings(), secret=secret))
    assert said in refused.value.message
    assert refused.value.details["slot"] == "apollo_api_key"


async def test_too_many_requests_say_how_long_to_wait(apollo: Apollo, online: Context) -> None:
    apollo.faults.append(Reply(429, {"message": "slow down"}, {"Retry-After": "17"}))

    with pytest.raises(RateLimited) as refused:
        await ask(online)
    assert refused.value.details["retry_after"] == 17


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_broken_service_may_be_asked_again(
    apollo: Apollo, online: Context, status: int
) -> None:
    apollo.faults.append(Reply(status, b"<html>oops</html>"))

    with pytest.raises(Unavailable):
        await ask(online)


@pytest.mark.parametrize(
    "body", [b"<html>", b"", [], {"organization": []}, {"organization": {"id": {}}}]
)
async def test_an_answer_not_as_documented_is_refused(
    apollo: Apollo, online: Context, body: object
) -> None:
    apollo.faults.append(Reply(200, body))

    with pytest.raises(ServiceRefused, match="Apollo's answer is not as documented"):
        await ask(online)


async def test_a_refusal_of_the_request_quotes_what_was_said(
    apollo: Apollo, online: Context
) -> None:
    apollo.faults.append(Reply(422, {"error": "You have insufficient credits"}))

    with pytest.raises(ServiceRefused, match="insufficient credits"):
        await ask(online)


async def test_a_slow_service_runs_out_of_the_nodes_time(apollo: Apollo, online: Context) -> None:
    apollo.faults.append(Reply(seconds=2))
    operation = find("apollo", "enrich_domain")

    with pytest.raises(TimedOut):
        await call(operation, {"domain": "northwind.example"}, online, timeout_seconds=0.2)
