"""Reading a list that comes in pages, with a bound."""

import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urljoin, urlsplit

from agents.answer import Answer
from agents.skills.http.shapes import GetOutput, Pages
from agents.skills.template import reach
from maestro.errors import ServiceRefused

MAX_ITEMS = 50_000
PARAMETER = r""";\s*([\w!#$&+.^`|~*-]+)\s*(?:=\s*(?:"([^"]*)"|([^\s";,]*)))?\s*"""
LINK = re.compile(rf"<([^<>]*)>\s*((?:{PARAMETER})*)")

Ask = Callable[[str, dict[str, Any]], Awaitable[Answer]]


async def read_pages(ask: Ask, url: str, query: dict[str, Any], pages: Pages) -> GetOutput:
    """Page after page until there is no next one, or the limit is reached.

    A page without items ends a list by numbers. ServiceRefused for a page that is no JSON, or
    that has no list where one should be, or that leads back to itself.
    """
    items: list[Any] = []
    asked: set[str] = set()
    at, place = _first(url, query, pages)
    for number in range(1, pages.limit + 1):
        answer = await ask(at, place)
        found = answer.json()
        got = _items(found, pages)
        items += got
        asked.add(f"{at} {sorted(place.items(), key=str)}")
        following = _next(answer, found, pages, at, place) if got or pages.kind != "page" else None
        if following is None:
            return _output(answer, items, number, more=False)
        if len(items) > MAX_ITEMS:
            raise ServiceRefused(f"The pages have more than {MAX_ITEMS:,} items")
        at, place = following
        if f"{at} {sorted(place.items(), key=str)}" in asked:
            raise ServiceRefused("The next page is one that was read already", pages=number)
    return _output(answer, items, number, more=True)


def _first(url: str, query: dict[str, Any], pages: Pages) -> tuple[str, dict[str, Any]]:
    by_number = pages.kind == "page" and pages.parameter not in query
    return url, {**query, pages.parameter: pages.first} if by_number else query


def _next(
    answer: Answer, found: object, pages: Pages, at: str, place: dict[str, Any]
) -> tuple[str, dict[str, Any]] | None:
    if pages.kind == "page":
        return at, {**place, pages.parameter: int(place[pages.parameter]) + 1}
    if pages.kind == "cursor":
        cursor = reach(found, pages.next_path or "")
        return (at, {**place, pages.parameter: str(cursor)}) if cursor else None
    linked = _linked(answer.headers.get("link", ""))
    said = reach(found, pages.next_path) if pages.next_path else linked
    return (_at_home(urljoin(at, said), at), {}) if isinstance(said, str) and said else None


def _linked(header: str) -> str | None:
    """The first link of a Link header (RFC 8288) whose relations have `next` among them."""
    for link in LINK.finditer(header):
        for name, quoted, bare in re.findall(PARAMETER, link[2]):
            if name.lower() == "rel" and "next" in (quoted or bare).lower().split():
                return link[1]
    return None


def _at_home(url: str, at: str) -> str:
    """The next address, unless it is another server's: what proves who asks is not for that one."""
    if urlsplit(url)[:2] != urlsplit(at)[:2]:
        raise ServiceRefused("The next page is said to be on another server", pages_at=at)
    return url


def _items(found: object, pages: Pages) -> list[Any]:
    items = reach(found, pages.items_path) if pages.items_path else found
    if items is None and pages.items_path:
        return []
    if not isinstance(items, list):
        raise ServiceRefused(f"A page has no list at {pages.items_path or 'its top'}")
    return items


def _output(answer: Answer, items: list[Any], pages: int, *, more: bool) -> GetOutput:
    return GetOutput(status=answer.status, headers={}, items=items, pages=pages, more=more)
