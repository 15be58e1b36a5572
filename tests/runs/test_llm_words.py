"""What a model is saying is told live, without a row for it."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from runs.models import Run, RunEvent
from runs.views import news_of
from tests.far_ends.messages_api import text
from tests.runs.agents import KEY, agent_score, model
from tests.runs.clusters import wait_until
from tests.runs.stage import play_here
from tests.runs.worlds import start
from tests.sessions import is_heard

pytestmark = pytest.mark.django_db(transaction=True)
SECONDS = 60


def play_in_thread(run: Run) -> None:
    """Once somebody listens."""
    try:
        wait_until(is_heard)
        play_here(run)
    finally:
        connections.close_all()


async def hear(frames: AsyncIterator[bytes], last: str, heard: threading.Event) -> list[str]:
    """All frames to the end; `heard` is set when the words end with `last`."""
    told = []
    async with asyncio.timeout(SECONDS):
        async for frame in frames:
            told.append(frame.decode())
            if told[-1].startswith("event: words") and words_of(told[-1])["text"].endswith(last):
                heard.set()
    return told


def words_of(frame: str) -> dict[str, Any]:
    return dict(json.loads(frame.split("data: ")[1]))


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Once upon a time", "Once upon a time"),
        ("x" * 5000 + "the end", ("x" * 5000 + "the end")[-1500:]),
        ("\U0001f3bb" * 3000, None),
        (f"My key is {KEY}!", "My key is [secret anthropic_api_key]!"),
    ],
)
async def test_the_text_is_heard_while_it_is_written(said: str, shown: str | None) -> None:
    run = await sync_to_async(lambda: start(agent_score()))()
    heard = threading.Event()
    hearing = asyncio.create_task(hear(news_of(run, 0), (shown or said)[-1], heard))

    with model([text(said, until=heard)]):
        await asyncio.to_thread(play_in_thread, run)
    frames = await hearing

    words = [words_of(frame) for frame in frames if frame.startswith("event: words")]
    assert (words[-1]["node"], words[-1]["attempt"]) == ("think", 1)
    assert words[-1]["text"] == shown or (shown is None and set(words[-1]["text"]) == set(said))
    assert len(words) <= 4
    kinds = await sync_to_async(_kinds)()
    assert "node.words" not in kinds and KEY not in "".join(frames)


def _kinds() -> list[str]:
    """In the thread that made the run, whose connection would else outlive the test."""
    try:
        return list(RunEvent.objects.values_list("kind", flat=True))
    finally:
        connections.close_all()
