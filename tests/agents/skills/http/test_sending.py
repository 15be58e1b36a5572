"""Bodies, and secrets that prove who asks."""

import base64
from email import message_from_bytes
from typing import Any

import pytest

from agents.skills.context import Context
from agents.skills.registry import dispatch, find
from maestro.errors import EgressRefused, InvalidNodeInput, MissingSecret
from tests.agents.skills.http.conftest import KEY, Lend
from tests.far_ends.pages import PagedShop


async def send(method: str, shop: PagedShop, context: Context, **given: Any) -> dict[str, Any]:
    return (await dispatch("http", method, {"url": f"{shop.url}/x", **given}, context)).output


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
async def test_each_method_goes_out_under_the_key_of_the_node(
    shop: PagedShop, plain: Context, method: str
) -> None:
    await send(method, shop, plain)

    assert shop.seen[0].method == method.upper()
    assert shop.seen[0].headers["idempotency-key"] == plain.idempotency_key


async def test_a_form_is_sent_as_one(shop: PagedShop, plain: Context) -> None:
    await send("post", shop, plain, form={"a": "x&y", "b": [1, True]})

    assert shop.seen[0].body == b"a=x%26y&b=1&b=true"
    assert shop.seen[0].headers["content-type"] == "application/x-www-form-urlencoded"


async def test_files_are_sent_in_parts(shop: PagedShop, plain: Context) -> None:
    files = {
        "photo": {"name": "a.png", "base64": base64.b64encode(b"\x89PNG\x00").decode()},
        "notes": {"name": "n.txt", "text": "grüße", "content_type": "text/plain"},
    }

    await send("put", shop, plain, form={"title": "two"}, files=files)

    kind = shop.seen[0].headers["content-type"]
    parsed = message_from_bytes(b"Content-Type: " + kind.encode() + b"\n\n" + shop.seen[0].body)
    parts = [part for part in parsed.walk() if not part.is_multipart()]
    told = [(p.get_param("name", header="content-disposition"), p.get_filename()) for p in parts]
    assert told == [("title", None), ("photo", "a.png"), ("notes", "n.txt")]
    contents = [part.get_payload(decode=True) for part in parts]
    assert contents == [b"two", b"\x89PNG\x00", "grüße".encode()]


@pytest.mark.parametrize(
    "body",
    [
        {"json": {}, "form": {}},
        {"body": "", "files": {"a": {"name": "a", "text": ""}}},
        {"files": {"a": {"name": "a"}}},
        {"files": {"a": {"name": "a", "text": "x", "base64": ""}}},
        {"files": {"a": {"name": "a", "base64": "?"}}},
        {"files": {"a": {"name": 'a"\r\nX: y', "text": "x"}}},
        {"files": {"a": {"name": "a", "text": "x", "content_type": "a\r\nX: y"}}},
    ],
)
async def test_a_body_that_cannot_be_sent_is_refused(
    shop: PagedShop, plain: Context, body: dict[str, Any]
) -> None:
    with pytest.raises(InvalidNodeInput):
        await send("post", shop, plain, **body)
    assert shop.seen == []


@pytest.mark.parametrize(
    ("auth", "header", "value"),
    [
        ({}, "authorization", f"Bearer {KEY}"),
        (
            {"kind": "basic", "user": "me"},
            "authorization",
            f"Basic {base64.b64encode(f'me:{KEY}'.encode()).decode()}",
        ),
        (
            {"kind": "basic"},
            "authorization",
            f"Basic {base64.b64encode(KEY.encode()).decode()}",
        ),
        ({"kind": "header", "header": "X-Token"}, "x-token", KEY),
    ],
)
async def test_a_secret_proves_who_asks_to_its_own_host_alone(
    shop: PagedShop, lend: Lend, auth: dict[str, str], header: str, value: str
) -> None:
    given = {"auth": {"secret": "shop_key", **auth}}

    await send("post", shop, lend(shop.url), **given)
    with pytest.raises(EgressRefused, match="shop_key"):
        await send("post", shop, lend("api.shop.example"), **given)

    assert [request.headers[header] for request in shop.seen] == [value]


async def test_a_header_cannot_stand_in_for_the_secret(shop: PagedShop, lend: Lend) -> None:
    with pytest.raises(InvalidNodeInput, match="Authorization"):
        await send(
            "post",
            shop,
            lend(shop.url),
            auth={"secret": "shop_key"},
            headers={"authorization": "mine"},
        )


async def test_a_slot_that_the_node_does_not_name_stays_shut(
    shop: PagedShop, plain: Context
) -> None:
    with pytest.raises(MissingSecret):
        await send("post", shop, plain, auth={"secret": "apollo_api_key"})
    assert shop.seen == []


def test_only_a_nodes_own_params_name_a_slot_and_a_model_is_not_told_of_it() -> None:
    post = find("http", "post")

    assert [slot.name for slot in post.slots_for({"auth": {"secret": "k"}})] == ["k"]
    assert post.slots_for({}) == ()
    assert "auth" in post.input_schema()["properties"]
    assert "auth" not in post.tool_schema()["properties"]
