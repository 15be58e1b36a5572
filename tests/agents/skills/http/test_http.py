import json
from collections.abc import Iterator
from typing import Any

import pytest

from agents.addresses import Policy
from agents.egress import Egress
from agents.skills.context import Context
from agents.skills.registry import dispatch
from maestro.errors import EgressRefused, InvalidNodeInput, ServiceRefused
from tests.agents.far_end import FarEnd, serving
from tests.agents.skills.conftest import MakeContext


@pytest.fixture
def far_end() -> Iterator[FarEnd]:
    with serving() as server:
        yield server


@pytest.fixture
def online(far_end: FarEnd, make_context: MakeContext) -> Context:
    return make_context(http=Egress(Policy.of([], [far_end.url])))


async def test_get_takes_json(far_end: FarEnd, online: Context) -> None:
    query = {"q": "a&b", "page": 2, "tag": ["x", "y"], "none": None}
    given = {"url": f"{far_end.url}/json", "query": query, "headers": {"X-Trace": "1"}}

    output = (await dispatch("http", "get", given, online)).output

    path = "/json?q=a%26b&page=2&tag=x&tag=y"
    assert (output["status"], output["json"]) == (200, {"path": path})
    assert output["headers"]["content-type"].startswith("application/json")
    assert "body" not in output
    assert far_end.seen[0]["headers"]["x-trace"] == "1"


async def test_get_takes_text(far_end: FarEnd, online: Context) -> None:
    output = (await dispatch("http", "get", {"url": f"{far_end.url}/text/hello"}, online)).output

    assert output["body"] == "hello"
    assert "json" not in output


async def test_a_refusal_is_an_error_unless_it_is_accepted(
    far_end: FarEnd, online: Context
) -> None:
    given: dict[str, Any] = {"url": f"{far_end.url}/status/404"}

    with pytest.raises(ServiceRefused, match="404"):
        await dispatch("http", "get", given, online)
    output = (await dispatch("http", "get", {**given, "accept_status": [404]}, online)).output
    assert (output["status"], output["body"]) == (404, "because")


async def test_post_sends_json_under_the_key_of_the_node(far_end: FarEnd, online: Context) -> None:
    await dispatch("http", "post", {"url": f"{far_end.url}/json", "json": {"a": [1]}}, online)

    sent = far_end.seen[0]
    assert (sent["method"], json.loads(sent["body"])) == ("POST", {"a": [1]})
    assert sent["headers"]["content-type"] == "application/json"
    assert sent["headers"]["idempotency-key"] == online.idempotency_key


async def test_post_sends_text_with_the_headers_it_is_given(
    far_end: FarEnd, online: Context
) -> None:
    headers = {"Content-Type": "text/csv", "Idempotency-Key": "mine"}
    given = {"url": f"{far_end.url}/json", "body": "a;ü", "headers": headers}

    await dispatch("http", "post", given, online)

    sent = far_end.seen[0]
    assert sent["body"] == "a;ü".encode()
    assert sent["headers"]["content-type"] == "text/csv"
    assert sent["headers"]["idempotency-key"] == "mine"


async def test_post_takes_one_body(far_end: FarEnd, online: Context) -> None:
    with pytest.raises(InvalidNodeInput):
        given = {"url": f"{far_end.url}/json", "body": "a", "json": {}}
        await dispatch("http", "post", given, online)


async def test_a_cookie_does_not_come_into_the_output(far_end: FarEnd, online: Context) -> None:
    output = (await dispatch("http", "get", {"url": f"{far_end.url}/cookie"}, online)).output

    assert "canary" not in str(output)


async def test_an_inner_address_is_not_asked(far_end: FarEnd, context: Context) -> None:
    with pytest.raises(EgressRefused):
        await dispatch("http", "get", {"url": f"{far_end.url}/json"}, context)
    assert far_end.seen == []
