"""What a model is saying is told live, without a row for it."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from runs.models import Run, RunEvent
from runs.views import news_of
from tests.far_ends.messages_api import text
from tests.runs.agents import KEY, agent_score, model
from tests.runs.stage import play_here
from tests.runs.worlds import start

pytestmark = pytest.mark.django_db(transaction=True)
SECONDS = 20


def play_in_thread(run: Run) -> None:
    try:
        play_here(run)
    finally:
        connections.close_all()


async def frames_until_the_end(frames: AsyncIterator[bytes]) -> list[str]:
    async with asyncio.timeout(SECONDS):
        return [frame.decode() async for frame in frames]


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
    heard = asyncio.create_task(frames_until_the_end(news_of(run, 0)))
    await asyncio.sleep(0)

    with model([text(said, pause=1.2)]):
        await asyncio.to_thread(play_in_thread, run)
    frames = await heard

    words = [json.loads(f.split("data: ")[1]) for f in frames if f.startswith("event: words")]
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
