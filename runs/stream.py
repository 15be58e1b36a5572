"""Live news of runs: one listening connection per process, however many people watch.

Watchers hold no connection of their own: a page left open in forty tabs would else hold forty.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import psycopg
from psycopg.rows import class_row

from .connections import EVENTS_CHANNEL, WORDS_CHANNEL, connect_async
from .models import RunStatus

SECONDS_OF_SILENCE = 15.0
SECONDS_BEFORE_RECONNECTING = 1.0
BATCH = 500
AFTER = """
    SELECT number, at, kind, node_key AS node, iteration, payload
    FROM run_events WHERE run_id = %s AND number > %s ORDER BY number LIMIT %s
"""
LAST_KINDS = frozenset(f"run.{status}" for status in RunStatus.final())


class Happening(NamedTuple):
    """An event of a run; numbers have no gaps."""

    number: int
    at: datetime
    kind: str
    node: str
    iteration: str
    payload: dict[str, Any]

    @property
    def is_last(self) -> bool:
        return self.kind in LAST_KINDS


class Words(NamedTuple):
    """The text of a model's answer so far, or the end of it: told live, kept nowhere."""

    node: str
    iteration: str
    attempt: int
    text: str


class News(asyncio.Event):
    """Set whenever a run may have news; `words` are the newest of each node that is being answered."""

    def __init__(self) -> None:
        super().__init__()
        self.words: dict[tuple[str, str], Words] = {}

    def take_words(self) -> list[Words]:
        words, self.words = list(self.words.values()), {}
        return words


async def follow(run_id: str, after: int = 0) -> AsyncIterator[list[Happening]]:
    """Batches of the events numbered above `after`, as they come; [] after 15 s of silence.

    Ends with the end of the run; do not follow one from behind its last event.
    """
    async for told in follow_words(run_id, after):
        if not isinstance(told, Words):
            yield told


async def follow_words(run_id: str, after: int = 0) -> AsyncIterator[list[Happening] | Words]:
    """The same, with what models are saying in between."""
    feed = Feed.of_this_loop()
    with feed.watching(run_id) as news:
        while True:
            news.clear()
            for words in news.take_words():
                yield words
            happened = await feed.read(run_id, after)
            if happened:
                after = happened[-1].number
                yield happened
            elif not await _comes(news):
                yield []
            if happened and happened[-1].is_last:
                return


class Feed:
    """Wakes the watchers of a run when there is news of it. Lives as long as somebody watches."""

    _feeds: "WeakKeyDictionary[asyncio.AbstractEventLoop, Feed]" = WeakKeyDictionary()

    def __init__(self) -> None:
        self._watchers: defaultdict[str, set[News]] = defaultdict(set)
        self._listening: asyncio.Task[None] | None = None
        self._reader: psycopg.AsyncConnection | None = None
        self._reading = asyncio.Lock()

    @classmethod
    def of_this_loop(cls) -> "Feed":
        return cls._feeds.setdefault(asyncio.get_running_loop(), cls())

    @contextmanager
    def watching(self, run_id: str) -> Iterator[News]:
        """The event that is set whenever the run may have news."""
        news = News()
        self._watchers[run_id].add(news)
        if self._listening is None:
            self._listening = asyncio.create_task(self._listen())
        try:
            yield news
        finally:
            self._watchers[run_id].discard(news)
            if not self._watchers[run_id]:
                del self._watchers[run_id]
            if not self._watchers:
                self._listening.cancel()
                self._listening = None

    async def read(self, run_id: str, after: int) -> list[Happening]:
        """The next events of a run, from the database; again after it was away."""
        while True:
            try:
                async with self._reading:
                    return await self._read(run_id, after)
            except psycopg.OperationalError:
                self._reader = None
                await asyncio.sleep(SECONDS_BEFORE_RECONNECTING)

    async def _read(self, run_id: str, after: int) -> list[Happening]:
        if self._reader is None or self._reader.closed:
            self._reader = await connect_async()
        async with self._reader.cursor(row_factory=class_row(Happening)) as cursor:
            await cursor.execute(AFTER, [run_id, after, BATCH])
            return await cursor.fetchall()

    async def _listen(self) -> None:
        try:
            while True:
                with suppress(psycopg.Error):
                    await self._wake_by_notices()
                await asyncio.sleep(SECONDS_BEFORE_RECONNECTING)
        finally:
            if self._listening is None:  # else somebody watches again already
                reader, self._reader = self._reader, None
                if reader is not None:
                    await reader.close()

    async def _wake_by_notices(self) -> None:
        async with await connect_async() as connection:
            await connection.execute(f"LISTEN {EVENTS_CHANNEL}")
            await connection.execute(f"LISTEN {WORDS_CHANNEL}")
            # What was told before the first notice can reach us.
            self._wake(*self._watchers)
            async for notice in connection.notifies():
                if notice.channel == WORDS_CHANNEL:
                    self._pass_on(json.loads(notice.payload))
                else:
                    self._wake(*([notice.payload] if notice.payload else self._watchers))

    def _pass_on(self, said: dict[str, Any]) -> None:
        run = said.pop("run")
        for news in self._watchers.get(run, ()):
            news.words[said["node"], said["iteration"]] = Words(**said)
        self._wake(run)

    def _wake(self, *run_ids: str) -> None:
        for run_id in run_ids:
            for news in self._watchers.get(run_id, ()):
                news.set()


async def _comes(news: asyncio.Event) -> bool:
    try:
        async with asyncio.timeout(SECONDS_OF_SILENCE):
            return await news.wait()
    except TimeoutError:
        return False
