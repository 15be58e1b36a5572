from typing import Any

import pytest

from agents.skills.context import Context
from agents.skills.registry import dispatch
from maestro.errors import InvalidNodeInput, ServiceRefused
from tests.agents.skills.http.conftest import Lend
from tests.far_ends.pages import ORDERS, PagedShop

LIST = {"items_path": "orders"}


async def read(
    shop: PagedShop, context: Context, path: str, pages: dict[str, Any], **more: Any
) -> dict[str, Any]:
    given = {"url": f"{shop.url}/orders/{path}", "pages": pages, **more}
    return (await dispatch("http", "get", given, context)).output


@pytest.mark.parametrize(
    ("path", "pages"),
    [
        ("link", {"kind": "link"}),
        ("url", {"kind": "link", "items_path": "data.orders", "next_path": "next"}),
        ("cursor", {**LIST, "kind": "cursor", "next_path": "meta.cursor", "parameter": "after"}),
        ("number", {**LIST, "kind": "page"}),
    ],
)
async def test_all_pages_are_read_in_each_way_that_apis_have(
    shop: PagedShop, plain: Context, path: str, pages: dict[str, Any]
) -> None:
    output = await read(shop, plain, path, pages, query={"q": "x"})

    assert output["items"] == ORDERS
    assert output["more"] is False
    assert len(shop.seen) == output["pages"]


async def test_reading_ends_at_the_limit_and_says_so(shop: PagedShop, plain: Context) -> None:
    output = await read(shop, plain, "link", {"kind": "link", "limit": 2})

    assert (len(output["items"]), output["pages"], output["more"]) == (6, 2, True)


async def test_pages_in_a_circle_end(shop: PagedShop, plain: Context) -> None:
    pages = {**LIST, "kind": "cursor", "next_path": "meta.cursor", "parameter": "after"}

    with pytest.raises(ServiceRefused, match="read already"):
        await read(shop, plain, "circle", pages, query={"after": "0"})


async def test_a_next_page_elsewhere_is_not_asked(shop: PagedShop, lend: Lend) -> None:
    with pytest.raises(ServiceRefused, match="another server"):
        await read(
            shop,
            lend(shop.url),
            "elsewhere",
            {**LIST, "kind": "link", "next_path": "next"},
            auth={"secret": "shop_key"},
        )


async def test_a_page_without_a_list_is_refused(shop: PagedShop, plain: Context) -> None:
    with pytest.raises(ServiceRefused, match="no list at its top"):
        await read(shop, plain, "cursor", {"kind": "link"})


async def test_a_cursor_needs_its_place(shop: PagedShop, plain: Context) -> None:
    with pytest.raises(InvalidNodeInput):
        await read(shop, plain, "cursor", {"kind": "cursor"})
    with pytest.raises(InvalidNodeInput):
        await read(shop, plain, "cursor", {"kind": "link", "nextpath": "typo"})
