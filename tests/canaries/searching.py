"""Everywhere a secret could have got to: all tables, all that REST answers, all pages."""

import asyncio
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import resolve

from maestro.api import api
from tests.api.callers import Caller

from .far_end import forms

SEALED = {"secret_versions": ("nonce", "ciphertext")}
TABLES = """
select table_name, array_agg(column_name::text) from information_schema.columns
 where table_schema = 'public' group by table_name"""
PARAMETER = re.compile(r"\{(\w+)\}")
LINK = re.compile(r'(?:href|hx-get|src)="(/admin/[^"#]*)')
SAMPLES = 2  # rows of a list, and pages of one view
ROWS_OF = {"operations": "operation", "versions": "version"}
MODELS = {model.__name__.lower(): model for model in apps.get_models()}
MODELS |= {"server": MODELS["mcpserver"], "limit": MODELS["skilllimit"], "webhook": MODELS["hook"]}


def spelt_out(link: str) -> str:
    """One row has one address: the admin's own links escape the underscore of a key."""
    return link.replace("&amp;", "&").replace("_5F", "_")


def stream_of(
    answer: Any,  # noqa: ANN401  # Django's own, of frames that come when they come
    hear: Callable[[bytes], object] = bytes,
) -> bytes:
    """All that it says, to the end of its run; `hear` is told each frame as it comes."""

    async def heard() -> bytes:
        told = b""
        async with asyncio.timeout(60):
            async for frame in answer.streaming_content:
                hear(frame)
                told += frame
        return told

    return asyncio.run(heard())


class Search:
    """`found` says where which canary stood."""

    def __init__(self, canaries: Mapping[str, str]) -> None:
        named = {form: name for name, value in canaries.items() for form in forms(value)}
        self._named = named
        self._pattern = re.compile("|".join(map(re.escape, sorted(named, key=len, reverse=True))))
        self.found: set[tuple[str, str]] = set()
        self.looked: set[str] = set()

    def look(self, place: str, said: str | bytes) -> None:
        text = said.decode(errors="replace") if isinstance(said, bytes) else said
        self.looked.add(place)
        for one in (text, text.replace("\\\\", "\\")):
            self.found |= {(place, self._named[hit[0]]) for hit in self._pattern.finditer(one)}

    def tables(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(TABLES)
            for table, columns in cursor.fetchall():
                open_ones = [f'"{c}"' for c in columns if c not in SEALED.get(table, ())]
                cursor.execute(f'select {", ".join(open_ones)} from "{table}"')
                for row in cursor.fetchall():
                    for cell in row:
                        told = bytes(cell) if isinstance(cell, memoryview) else cell
                        self.look(f"table {table}", told if isinstance(told, bytes) else str(told))

    def rest(self, caller: Caller) -> set[str]:
        """Every path that is read; those for which there was no row to ask for."""
        empty = set()
        paths = api.get_openapi_schema()["paths"]
        for path in sorted(path for path, operations in paths.items() if "get" in operations):
            addresses = list(self._filled(caller, path.removeprefix("/api/v1")))
            if not addresses:
                empty.add(path.removeprefix("/api/v1"))
            for address in addresses:
                answer: Any = caller.get(address)
                assert answer.status_code < 500, address
                if answer.streaming:  # a run's events, told as a stream and as a page
                    self.look(f"stream of {path}", stream_of(answer))
                    answer = caller.get(address, Accept="application/json")
                self.look(f"GET {path}", answer.content + str(answer.headers).encode())
        return empty

    def _filled(self, caller: Caller, path: str) -> Iterator[str]:
        hole = PARAMETER.search(path)
        if hole is None:
            yield path
            return
        before, after = path[: hole.start()], path[hole.end() :]
        model = MODELS.get(hole[1].removesuffix("_id"))
        if model is not None:
            keys = list(model._default_manager.values_list("pk", flat=True)[:SAMPLES])
        else:
            listed: Any = caller.get(before.rstrip("/"))
            key = ROWS_OF[before.strip("/").split("/")[-1]]
            keys = [row[key] for row in listed.json()["items"][:SAMPLES]]
        for one in keys:
            yield from self._filled(caller, f"{before}{one}{after}")

    def pages(self, client: Client) -> set[str]:
        """From the home page along all links; the names of the views that were shown."""
        ahead, seen, shown = ["/admin/"], {"/admin/"}, dict[str, int]()
        while ahead:
            address = ahead.pop(0)
            name = resolve(address.partition("?")[0]).url_name or ""
            if name in ("logout", "run_stream") or shown.get(name, 0) >= SAMPLES:
                continue
            shown[name] = shown.get(name, 0) + 1
            answer = client.get(address)
            assert answer.status_code < 500, address
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
            self.look(f"page {name}", body + str(answer.headers).encode())
            links = [spelt_out(link) for link in LINK.findall(body.decode(errors="replace"))]
            new = [link for link in links if link not in seen]
            seen.update(new)
            ahead += new
        return set(shown)
